import { useSession } from '../lib/context.ts';

/** How the command that is being typed is written. */
export function Usage({ line }: { line: string }) {
  const { setting, language } = useSession();
  const hint = setting.hints.find(({ insert }) => line.startsWith(`${insert.trim()} `));
  if (!hint) return null;
  return (
    <p class="usage" role="status">
      <strong>{hint.usage[language]}</strong> {hint.summary[language]}
    </p>
  );
}

import { useSession } from '../lib/context.ts';

const SHOWN = 4;

/** A few commands to begin with, one press each. */
export function Starters({ onStart }: { onStart(line: string): void }) {
  const { setting } = useSession();
  return (
    <div class="starters">
      {setting.hints.slice(0, SHOWN).map(({ insert }) => (
        <button key={insert} type="button" class="starter" onClick={() => onStart(insert)}>
          {insert.trim()}
        </button>
      ))}
    </div>
  );
}

import { Trouble } from '../explain/trouble.ts';
import { phrase } from '../lib/phrase.ts';
import { Cancelled } from './ask.ts';
import type { Session } from './session.ts';

/** Nothing that the file says already is replaced unless somebody agrees. Throws a {@link Trouble}. */
export async function mayOverwrite(session: Session, values: Readonly<Record<string, string>>): Promise<void> {
  const { asker, options, file } = session;
  const replaced = Object.entries(values).flatMap(([name, value]) =>
    file.values[name] && file.values[name] !== value ? [name] : [],
  );
  if (replaced.length === 0 || options.force || options.dryRun) return;
  const names = replaced.join(', ');
  if (!asker) {
    throw new Trouble(
      'would_overwrite',
      phrase(`${file.path} 里已有不同的值：${names}。`, `${file.path} has other values already: ${names}.`),
      phrase(
        '请加 --force 替换，或用 --dotenv 写到别的文件。',
        'Replace them with --force, or write another file with --dotenv.',
      ),
    );
  }
  const agreed = await asker.confirm(
    phrase(`替换 ${file.path} 里已有的 ${names}？`, `Replace what ${file.path} has for ${names}?`),
    false,
  );
  if (!agreed) throw new Cancelled();
}

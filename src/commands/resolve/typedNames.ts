import type { OpenId } from '../../domain/ids.ts';
import { folded } from '../../domain/ruleChoice.ts';
import { FeishuError, type FeishuErrorKind } from '../../feishu/errors.ts';
import type { People } from '../../feishu/people.ts';
import { UsageError } from '../errors.ts';
import type { AgentReference } from '../parse/people.ts';

/** How many people are looked up at once. */
const AT_ONCE = 5;

/** With these Feishu says that the app may not know a name. Anything else is trouble that passes, and is reported. */
const NAME_NOT_TOLD: ReadonlySet<FeishuErrorKind> = new Set(['app-scope', 'no-access', 'not-found', 'bad-request']);

/**
 * The names of those people whose address came with words beside it. Throws a {@link UsageError} that quotes the words
 * unless they are the person's own name: `left the company` or `except` beside an address is not to be lost.
 */
export async function namesBesideAddresses(
  people: People,
  references: readonly AgentReference[],
  found: ReadonlyMap<string, OpenId>,
): Promise<Map<OpenId, string>> {
  const typed = references.flatMap((reference) => {
    const id = 'email' in reference && reference.name !== undefined ? found.get(reference.email) : undefined;
    if (!id || !('email' in reference)) return [];
    return [{ id, text: reference.name ?? '', email: reference.email, row: reference.row }];
  });
  const names = await namesOf(people, [...new Set(typed.map(({ id }) => id))]);
  const others = typed.filter(({ id, text }) => !isSameName(text, names.get(id) ?? ''));
  if (others.length === 0) return names;
  const pieces = others.map(({ text, email, row }) => ({ text, email, row }));
  // Where Feishu does not tell the name, the words may be it.
  const kind = others.every(({ id }) => names.get(id)) ? 'not-their-name' : 'not-an-agent';
  throw new UsageError({ kind, pieces });
}

async function namesOf(people: People, ids: readonly OpenId[]): Promise<Map<OpenId, string>> {
  const names = new Map<OpenId, string>();
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    const read = await Promise.all(some.map((id) => nameOf(people, id)));
    for (const [at, id] of some.entries()) names.set(id, read[at] ?? '');
  }
  return names;
}

async function nameOf(people: People, id: OpenId): Promise<string | undefined> {
  try {
    return await people.nameOf(id);
  } catch (error) {
    if (error instanceof FeishuError && NAME_NOT_TOLD.has(error.kind)) return undefined;
    throw error;
  }
}

/** Whether two texts are one name, whatever its case, width and spaces, and in whichever order its words stand. */
export function isSameName(a: string, b: string): boolean {
  const [one, other] = [wordsOf(a), wordsOf(b)];
  if (one.length === 0) return false;
  return one.join('') === other.join('') || one.sort().join(' ') === other.sort().join(' ');
}

/** A comma may stand between the two parts of a name: `"Chen, Mo"`. */
const wordsOf = (name: string): string[] =>
  folded(name)
    .split(/[\s,，]+/u)
    .filter((word) => word !== '');

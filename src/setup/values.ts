import type { Variable } from '../config/variables.ts';
import { EachVariable, REMEDIES } from '../config/variables.ts';
import { Trouble } from '../explain/trouble.ts';
import { phraseFault } from '../explain/variables.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import type { Asker } from './ask.ts';
import type { Session } from './session.ts';

/** A value that is known without asking: by flag or environment, else from the file. */
export const known = ({ options, file }: Session, variable: Variable): string | undefined =>
  options.given[variable] ?? (file.values[variable] || undefined);

/** The same, of the right form. Throws a {@link Trouble}. */
export function knownWell(session: Session, variable: Variable): string | undefined {
  const value = known(session, variable);
  const problem = value === undefined ? undefined : problemOf(variable, value);
  if (problem) throw badValue(problem);
  return value;
}

const badValue = (problem: Phrase): Trouble => new Trouble('bad_value', problem, phrase('', ''));

/** What is wrong with a value, by the schemas of the configuration. */
export function problemOf(variable: Variable, value: string): Phrase | undefined {
  const result = EachVariable.shape[variable].safeParse(value === '' ? undefined : value);
  if (result.success) return undefined;
  const problem = value === '' ? 'is missing' : (result.error.issues[0]?.message ?? 'is missing');
  const { says, remedy } = phraseFault({ variable, problem, remedy: REMEDIES[variable] });
  return phrase(`${says.zh}。${remedy.zh}`, `${says.en}. ${remedy.en}`);
}

export interface Wanted {
  message: Phrase;
  /** What it is when nobody says otherwise. */
  fallback?: string | undefined;
  secret?: boolean;
  /** Asked even when a flag gives it: the first answer was refused. */
  again?: boolean;
}

/** The value of a variable: given, asked for, from the file, or the fallback. Throws a {@link Trouble}. */
export async function obtain(session: Session, variable: Variable, wanted: Wanted): Promise<string> {
  const given = wanted.again ? undefined : session.options.given[variable];
  const kept = wanted.again ? undefined : session.file.values[variable] || undefined;
  if (session.asker && given === undefined) return ask(session.asker, variable, kept ?? wanted.fallback, wanted);
  const value = given ?? kept ?? wanted.fallback ?? '';
  const problem = problemOf(variable, value);
  if (problem) throw badValue(problem);
  return value;
}

function ask(asker: Asker, variable: Variable, initial: string | undefined, wanted: Wanted): Promise<string> {
  const { message, secret = false } = wanted;
  const keeps = secret && initial !== undefined;
  const question = {
    message: keeps
      ? phrase(`${message.zh}（回车保留已有的）`, `${message.en} (Enter keeps the one there is)`)
      : message,
    initial,
    check: (answer: string) => problemOf(variable, answer),
  };
  return secret ? asker.secret(question) : asker.text(question);
}

import { formatFault } from '../explain/explain.ts';
import type { Trouble } from '../explain/trouble.ts';
import type { Clock } from '../lib/clock.ts';
import type { Phrase } from '../lib/phrase.ts';
import type { Random } from '../lib/random.ts';
import type { Asker } from './ask.ts';
import { type EnvFile, writeEnvFile } from './envFile.ts';
import type { Options } from './options.ts';

/** One run of setup. */
export interface Session {
  options: Options;
  /** Undefined: nobody can be asked. */
  asker: Asker | undefined;
  clock: Clock;
  random: Random;
  /** Width of the terminal in characters; undefined when it is none. */
  columns: number | undefined;
  /** Fires when the run is given up. */
  signal: AbortSignal;
  /** Shows a paragraph. */
  print(what: Phrase): void;
  /** The file as it is now. */
  readonly file: EnvFile;
  /** Writes values into the file. Throws a {@link Trouble}. */
  save(values: Readonly<Record<string, string>>): void;
}

/** The file of a session, which changes as it is written. */
export function heldFile(opened: EnvFile): Pick<Session, 'file' | 'save'> {
  let file = opened;
  return {
    get file() {
      return file;
    },
    save: (values) => {
      file = writeEnvFile(file, values);
    },
  };
}

/** Shows what went wrong, and goes on. */
export const tellTrouble = (session: Session, trouble: Trouble): void =>
  session.print({ zh: `✗ ${formatFault(trouble, 'zh')}`, en: `✗ ${formatFault(trouble, 'en')}` });

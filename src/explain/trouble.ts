import type { Phrase } from '../lib/phrase.ts';

/** Something that stops a command of the terminal: what it is, and what to do about it. */
export class Trouble extends Error {
  /** Stable, for scripts. */
  readonly code: string;
  readonly says: Phrase;
  readonly remedy: Phrase;

  constructor(code: string, says: Phrase, remedy: Phrase, cause?: unknown) {
    super(`${says.en} ${remedy.en}`, cause === undefined ? {} : { cause });
    this.name = 'Trouble';
    this.code = code;
    this.says = says;
    this.remedy = remedy;
  }
}

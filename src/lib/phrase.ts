/** The same thing said in both languages; plain text, never markup. */
export interface Phrase {
  readonly zh: string;
  readonly en: string;
}

/** The two languages in which everything is said to people. */
export type Language = keyof Phrase;

/** Says one thing in Chinese and in English. */
export const phrase = (zh: string, en: string): Phrase => ({ zh, en });

/** Text that is the same in both languages: a name, an id. */
export const verbatim = (text: string): Phrase => ({ zh: text, en: text });

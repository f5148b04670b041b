/** The same thing said in both languages of the page. */
export interface Phrase {
  readonly zh: string;
  readonly en: string;
}

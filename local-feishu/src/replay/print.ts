import type { CardJson } from '../json.ts';
import { cardText, type Reader } from './cardText.ts';

export type { Reader } from './cardText.ts';

/** A card as it is printed in a terminal. */
export const shownCard = (card: CardJson, reader: Reader): string =>
  cardText(card, reader)
    .map((line) => `  │ ${line}\n`)
    .join('');

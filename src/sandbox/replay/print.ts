import { cardText, type Reader } from '../demo/cardText.ts';
import type { CardJson } from '../types.ts';

export type { Reader } from '../demo/cardText.ts';

/** A card as it is printed in a terminal. */
export const shownCard = (card: CardJson, reader: Reader): string =>
  cardText(card, reader)
    .map((line) => `  │ ${line}\n`)
    .join('');

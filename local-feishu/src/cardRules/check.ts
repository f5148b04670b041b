import type { z } from 'zod';
import { cardSchema } from './card.ts';
import { type CardProblem, wholeCardProblem } from './wholeCard.ts';

export type { CardProblem } from './wholeCard.ts';

/** 30 KB of UTF-8. */
export const MAX_CARD_BYTES = 30 * 1024;

const INVALID = 200621;
const GONE_IN_V2 = 200861;
const UNNAMED = 200530;

/**
 * What the platform refuses about a card of JSON 2.0, or undefined. `knowsPerson` tells whether an open_id exists.
 * Inner codes: /uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/create
 */
export function checkCard(
  card: Record<string, unknown>,
  knowsPerson: (id: string) => boolean,
): CardProblem | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(card));
  if (bytes > MAX_CARD_BYTES)
    return { code: INVALID, message: `the card has ${bytes} bytes, more than ${MAX_CARD_BYTES}` };
  const parsed = cardSchema.safeParse(card);
  const issue = parsed.error?.issues[0];
  return issue ? schemaProblem(card, issue) : wholeCardProblem(card, knowsPerson);
}

function schemaProblem(card: unknown, issue: z.core.$ZodIssue): CardProblem {
  const path = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  const value = valueAt(card, issue.path);
  const key = issue.path.at(-1);
  if (key === 'tag' && issue.code === 'invalid_union') {
    const isGone = value === 'action' || value === 'note';
    const message = isGone
      ? `the tag ${value} is gone in 2.0`
      : `the component ${JSON.stringify(value)} is not allowed here`;
    return { code: isGone ? GONE_IN_V2 : INVALID, message: `card${path}: ${message}` };
  }
  const code = key === 'name' ? UNNAMED : INVALID;
  return { code, message: `card${path}: ${issue.message}` };
}

function valueAt(card: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (node, step) => (typeof node === 'object' && node !== null ? Reflect.get(node, step) : undefined),
    card,
  );
}

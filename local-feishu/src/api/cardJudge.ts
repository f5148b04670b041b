import { z } from 'zod';
import { checkCard, MAX_CARD_BYTES } from '../cardRules/check.ts';
import type { Ids } from '../ids.ts';
import { isObject, parseJson } from '../json.ts';
import type { Directory } from '../state/directory.ts';
import { type Answer, failure, success } from './answers.ts';
import type { Endpoint } from './endpoint.ts';

export interface CardJudgeParts {
  directory: Directory;
  ids: Ids;
}

const bodySchema = z.strictObject({ type: z.literal('card_json'), data: z.string().min(1).max(3_000_000) });

/**
 * Makes a card entity, which nobody sees until it is sent; here it only judges the card, and forgets it. Codes:
 * /uAjLw4CM/ukTMukTMukTM/cardkit-v1/card/create
 */
export function cardJudgeEndpoint({ directory, ids }: CardJudgeParts): Endpoint {
  const knows = (id: string): boolean => directory.byOpenId(id) !== undefined;
  return {
    method: 'POST',
    route: '/open-apis/cardkit/v1/cards',
    needs: { token: 'tenant', scopes: ['cardkit:card:write'] },
    handle: ({ body }) => {
      const given = bodySchema.safeParse(body);
      if (!given.success) return failure(400, 10002, 'Your request contains an invalid request parameter.');
      return refusalOf(given.data.data, knows) ?? success({ card_id: cardId(ids) });
    },
  };
}

/** 19 digits: more than a double holds. */
const cardId = (ids: Ids): string =>
  `7${BigInt(`0x${ids.hex(14)}`)
    .toString()
    .padStart(18, '0')}`;

/** By these words of the rules; every other problem is one of the content. */
const CODES: readonly (readonly [RegExp, number, string])[] = [
  [/^element_id .+ is used twice$/, 300301, 'Duplicate element_id in card component.'],
  [/^\d+ (?:components|elements)/, 300305, 'The number of card components exceeds 200'],
];

function refusalOf(data: string, knows: (id: string) => boolean): Answer | undefined {
  if (Buffer.byteLength(data) > MAX_CARD_BYTES) return failure(400, 200860, 'Card content exceeds limit.');
  const card = parseJson(data);
  if (!isObject(card)) return failure(400, 200220, 'Failed to generate card content: it is no JSON object');
  if (Object.keys(card).length === 0) return failure(400, 300307, 'The card DSL is empty');
  if (card.schema !== '2.0') return failure(400, 300303, 'Only schema 2.0 is supported');
  if (isObject(card.config) && card.config.update_multi === false) {
    return failure(400, 300302, 'update_multi property is false');
  }
  const problem = checkCard(card, knows);
  if (!problem) return undefined;
  const known = CODES.find(([words]) => words.test(problem.message));
  if (known) return failure(400, known[1], known[2]);
  return failure(
    400,
    200220,
    `Failed to generate card content, ext=ErrCode: ${problem.code}; ErrMsg: ${problem.message};`,
  );
}

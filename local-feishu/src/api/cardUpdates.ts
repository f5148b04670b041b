import { z } from 'zod';
import { checkCard } from '../cardRules/check.ts';
import type { Clock } from '../clock.ts';
import type { CardJson } from '../json.ts';
import { isObject } from '../json.ts';
import type { Settings } from '../settings.ts';
import type { CardTokenCheck, CardTokens } from '../state/cardTokens.ts';
import type { Directory } from '../state/directory.ts';
import type { Messages, StoredMessage } from '../state/messages.ts';
import type { RateLimits } from '../state/rateLimits.ts';
import { type Answer, failure, success } from './answers.ts';
import { checkContent } from './content.ts';
import { afterArrivals, type Endpoint } from './endpoint.ts';
import { RATE_LIMITED } from './outgoing.ts';

const CARD_LIFE_MS = 14 * 86_400_000;

export interface CardUpdateParts {
  clock: Clock;
  cardTokens: CardTokens;
  directory: Directory;
  messages: Messages;
  settings: Settings;
  updateLimits: RateLimits;
}

const patchSchema = z.strictObject({ content: z.string() });
const delayedSchema = z.strictObject({ token: z.string(), card: z.record(z.string(), z.unknown()) });

/** The two ways to replace a card: by message, and by the token of a callback. */
export function cardUpdateEndpoints(parts: CardUpdateParts): Endpoint[] {
  return [
    {
      method: 'PATCH',
      route: '/open-apis/im/v1/messages/:message_id',
      needs: { token: 'tenant', scopes: ['im:message', 'im:message:send_as_bot', 'im:message:update'] },
      updates: ({ params }) => params.message_id,
      handle: ({ params, body }) => patch(parts, params.message_id ?? '', body),
    },
    {
      method: 'POST',
      route: '/open-apis/interactive/v1/card/update',
      needs: { token: 'tenant' },
      updates: ({ body }) => parts.cardTokens.messageOf(delayedSchema.safeParse(body).data?.token ?? ''),
      handle: ({ body }) => delayedUpdate(parts, body),
    },
  ];
}

/** Codes: /uAjLw4CM/ukTMukTMukTM/reference/im-v1/message/patch */
async function patch(parts: CardUpdateParts, messageId: string, body: unknown): Promise<Answer> {
  const given = patchSchema.safeParse(body);
  const message = parts.messages.get(messageId);
  if (!given.success || !message) return failure(400, 230001, 'Your request contains an invalid request parameter.');
  const refusal = unpatchable(parts, message);
  if (refusal) return refusal;
  const checked = checkContent('interactive', given.data.content, (id) => parts.directory.byOpenId(id) !== undefined);
  if (!checked.ok) return checked.answer;
  if (!isShared(message.card) || !isShared(checked.card)) {
    return failure(400, 230001, 'config.update_multi must be true in the card before and after the update.');
  }
  if (parts.settings.rateLimits && !parts.updateLimits.take(messageId)) return RATE_LIMITED;
  await afterArrivals();
  if (parts.settings.cardLock && parts.cardTokens.isLocked(messageId)) {
    return failure(400, 230099, 'Failed to create card content, ext=ErrCode: 11310; ErrMsg: card action is lock;');
  }
  parts.messages.replaceCard(messageId, checked.card);
  return success({});
}

function unpatchable(parts: CardUpdateParts, message: StoredMessage): Answer | undefined {
  if (message.recalled) return failure(400, 230011, 'The message was withdrawn.');
  if (message.senderKind !== 'bot' || !message.card) {
    return failure(400, 230001, 'This message is NOT a card that this app sent.');
  }
  if (parts.clock.now() - message.createdAt <= CARD_LIFE_MS) return undefined;
  return failure(400, 230031, 'The message card is older than 14 days.');
}

function isShared(card: CardJson | undefined): card is CardJson {
  return card !== undefined && isObject(card.config) && card.config.update_multi === true;
}

/**
 * Codes: /ukTMukTMukTM/uMDO1YjLzgTN24yM4UjN. What an update before the answer gets is not documented beyond that it
 * fails; 300000 stands for it here.
 */
async function delayedUpdate(parts: CardUpdateParts, body: unknown): Promise<Answer> {
  const given = delayedSchema.safeParse(body);
  if (!given.success) return failure(400, 10002, 'card update: token and card are required');
  const { token, card } = given.data;
  await afterArrivals();
  const check = parts.cardTokens.check(token);
  if (check.kind !== 'live') return refusedToken(check);
  if ('open_ids' in card) return failure(400, 200320, 'open_ids are not for shared cards');
  if (parts.messages.get(check.messageId)?.recalled) return failure(400, 200000, 'the message was withdrawn');
  const problem = checkCard(card, (id) => parts.directory.byOpenId(id) !== undefined);
  if (problem) return failure(400, 11311, `card invalid: ${problem.message}`);
  parts.cardTokens.use(token);
  parts.messages.replaceCard(check.messageId, card);
  return { status: 200, body: { code: 0, msg: 'success' } };
}

function refusedToken(check: Exclude<CardTokenCheck, { kind: 'live' }>): Answer {
  if (check.kind === 'unknown') return failure(400, 300020, 'card update token is malformed');
  if (check.kind === 'expired') return failure(400, 300030, 'card update token has expired');
  if (check.kind === 'spent') return failure(400, 300040, 'card update token was used twice');
  return failure(400, 300000, 'the callback is not answered yet');
}

import { z } from 'zod';
import { createIds } from '../ids.ts';
import { isObject, parseJson } from '../json.ts';
import { encodePush } from '../pushes/crypto.ts';
import { CARD_ACTION } from '../pushes/events.ts';
import { createPoster } from '../pushes/post.ts';
import type { ReplayEvent } from '../pushes/replay.ts';
import type { Random } from '../random.ts';
import { type Reader, shownCard } from './print.ts';

/** How long the platform waits for a bot, in milliseconds. */
const ANSWER_MS = 3_000;

export interface BotReplay {
  event: ReplayEvent;
  asIs: boolean;
  language: Reader['language'];
  /** Address for events or card callbacks. */
  url: string;
  /** Empty: in clear and unsigned. */
  encryptKey: string;
  verificationToken: string;
  /** The app of the bot; where it is not known, the recorded one. */
  appId: string | undefined;
  random: Random;
  write(text: string): void;
}

/** Posts the event to a running bot, and prints its answer. Rejects when the bot does not take it in time. */
export async function replayIntoBot(replay: BotReplay): Promise<void> {
  const { url, encryptKey, random, write } = replay;
  const now = Date.now();
  const body = addressed(replay, now);
  const poster = createPoster();
  const result = await poster.post(url, encodePush(body, encryptKey, { random, now }), ANSWER_MS);
  poster.close();
  if (result.kind !== 'answer') throw new Error(`${url}: ${result.error}`);
  write(`${body.header.event_type} ${String(body.header.event_id)} → ${result.status} (${result.tookMs} ms)\n`);
  const answer = parseJson(result.body);
  const card = isObject(answer) && isObject(answer.card) ? answer.card.data : undefined;
  write(isObject(card) ? shownCard(card, { language: replay.language, names: new Map() }) : `${result.body}\n`);
  if (result.status !== 200) throw new Error(`the bot answered HTTP ${result.status}`);
  write('What it asks of Feishu is in the log of the bot.\n');
}

/** The event with the receiver's app and token, and unless it is wanted as it is with new ids and the present time. */
function addressed({ event, asIs, verificationToken, appId, random }: BotReplay, now: number) {
  const ids = createIds(random);
  const header = { ...event.header, token: verificationToken, ...(appId !== undefined && { app_id: appId }) };
  if (asIs) return { schema: '2.0', header, event: event.event };
  const createTime = event.header.event_type === CARD_ACTION ? `${now}000` : String(now);
  return {
    schema: '2.0',
    header: { ...header, event_id: ids.event(), create_time: createTime },
    event: withNewMessage(event.event, ids.message(), now),
  };
}

const messageSchema = z.looseObject({ message: z.looseObject({ message_id: z.string().optional() }) });

function withNewMessage(event: Record<string, unknown>, messageId: string, now: number): Record<string, unknown> {
  const given = messageSchema.safeParse(event);
  if (!given.success) return event;
  return { ...event, message: { ...given.data.message, message_id: messageId, create_time: String(now) } };
}

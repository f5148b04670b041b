import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ReplayEvent } from '../pushes/replay.ts';
import { type Reader, shownCard } from './print.ts';

/** How often the local Feishu is asked, how long nothing may happen until it counts as over, and how long at most; in milliseconds. */
const ASK_MS = 150;
const QUIET_MS = 1_200;
const MOST_MS = 15_000;

export interface LocalFeishuReplay {
  event: ReplayEvent;
  asIs: boolean;
  language: Reader['language'];
  url: string;
  write(text: string): void;
}

/** Sends the event through a running local Feishu, which addresses, signs and encrypts it, and prints what the bot did then. */
export async function replayIntoLocalFeishu({ event, asIs, language, url, write }: LocalFeishuReplay): Promise<void> {
  const before = await look(url);
  const replayed = replayedSchema.parse(await ask(url, 'replay', { event, as_is: asIs }));
  const after = await settled(url, replayed.eventId);
  const reader = { language, names: after.names };

  for (const delivery of after.deliveries.filter(({ eventId }) => eventId === replayed.eventId)) {
    const { eventType, status, tookMs, error } = delivery;
    write(`${eventType} ${replayed.eventId} → ${status || 'no answer'} (${tookMs} ms)${error ? `, ${error}` : ''}\n`);
  }
  if (replayed.outcome?.status === 'error') write(`the client shows code ${replayed.outcome.code}\n`);
  for (const call of after.calls.filter(({ seq }) => seq > before.lastCall)) {
    write(`${call.method} ${call.path} → ${call.status || 'no answer'}, code ${call.code} (${call.tookMs} ms)\n`);
  }
  const versions = new Map(before.messages.map(({ messageId, history }) => [messageId, history.length]));
  const shown = after.messages.filter(({ messageId, history }) => history.length > (versions.get(messageId) ?? 0));
  for (const { messageId, card } of shown) if (card) write(`\n${messageId}\n${shownCard(card, reader)}`);
  if (shown.length === 0) write('No card came of it.\n');
}

const replayedSchema = z.object({
  eventId: z.string(),
  outcome: z.object({ status: z.string(), code: z.number().optional() }).optional(),
});
const callsSchema = z.object({
  calls: z.array(
    z.object({
      seq: z.number(),
      method: z.string(),
      path: z.string(),
      status: z.number(),
      code: z.number(),
      tookMs: z.number().optional(),
    }),
  ),
});
const deliveriesSchema = z.object({
  deliveries: z.array(
    z.object({
      eventId: z.string(),
      eventType: z.string(),
      status: z.number().optional(),
      tookMs: z.number().optional(),
      error: z.string().optional(),
    }),
  ),
});
const messagesSchema = z.object({
  messages: z.array(
    z.object({
      messageId: z.string(),
      card: z.record(z.string(), z.unknown()).optional(),
      history: z.array(z.unknown()),
    }),
  ),
});
const member = z.object({ openId: z.string(), name: z.string() });
const stateSchema = z.object({ people: z.record(z.string(), member), members: z.array(member) });

async function look(url: string) {
  const { calls } = callsSchema.parse(await ask(url, 'calls'));
  const { deliveries } = deliveriesSchema.parse(await ask(url, 'deliveries'));
  const { messages } = messagesSchema.parse(await ask(url, 'messages'));
  const { people, members } = stateSchema.parse(await ask(url, 'state'));
  const names = new Map([...Object.values(people), ...members].map(({ openId, name }) => [openId, name]));
  return { calls, deliveries, messages, names, lastCall: calls.at(-1)?.seq ?? 0 };
}

/** What there is once the event is answered and nothing more happens. */
async function settled(url: string, eventId: string) {
  const deadline = Date.now() + MOST_MS;
  let seen = '';
  let changedAt = Date.now();
  for (;;) {
    const now = await look(url);
    const { calls, messages, deliveries } = now;
    const state = JSON.stringify([calls, deliveries, messages.map(({ history }) => history.length)]);
    if (state !== seen) changedAt = Date.now();
    seen = state;
    const isAnswered = deliveries.some((entry) => entry.eventId === eventId && entry.status !== undefined);
    const isQuiet =
      isAnswered && Date.now() - changedAt > QUIET_MS && calls.every(({ tookMs }) => tookMs !== undefined);
    if (isQuiet || Date.now() > deadline) return now;
    await delay(ASK_MS);
  }
}

/** Asks the control API; with a body, posts. Rejects with its reason. */
async function ask(url: string, name: string, body?: unknown): Promise<unknown> {
  const posted = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${url}/sandbox/${name}`, body === undefined ? {} : posted).catch(() => undefined);
  if (!response)
    throw new Error(`no local Feishu answers at ${url}: start one with npm start, or name it with --sandbox`);
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { error } = z.object({ error: z.string() }).parse(answer);
  throw new Error(error);
}

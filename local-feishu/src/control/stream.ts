import type { Response } from 'express';
import type { LocalFeishu } from '../handle.ts';
import type { Changes } from '../state/changes.ts';
import type { Change, Snapshot } from './snapshot.ts';

/** Changes within this time go out together, in milliseconds. */
const GATHER_MS = 25;

/**
 * Server-sent events until the reader leaves: `all` with the whole snapshot, then `change` with what differs.
 * `acted` tells of changes that the local Feishu does not tell of itself; `take` gives what there is now.
 */
export function streamTo(response: Response, feishu: LocalFeishu, take: () => Snapshot, acted: Changes): void {
  response.set({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.flushHeaders();
  const send = (event: 'all' | 'change', data: Change): void => {
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const sent = new Sent();
  const first = take();
  sent.differences(first);
  send('all', first);

  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = undefined;
    const change = sent.differences(take());
    if (Object.keys(change).length > 0) send('change', change);
  };
  const wake = (): void => {
    timer ??= setTimeout(flush, GATHER_MS);
  };
  const ends = [feishu.onChange(wake), acted.on(wake)];
  response.on('close', () => {
    clearTimeout(timer);
    for (const end of ends) end();
  });
}

/** Remembers what one reader has, entry by entry. */
class Sent {
  readonly #known = new Map<string, string>();

  /** What the reader does not have yet; from then on it counts as sent. */
  differences({ setting, messages, calls, deliveries }: Snapshot): Change {
    const change: Change = {};
    if (this.#isNew('setting', setting)) change.setting = setting;
    const newMessages = messages.filter((message) => this.#isNew(message.messageId, message));
    const newCalls = calls.filter((call) => this.#isNew(`call ${call.seq}`, call));
    const newDeliveries = deliveries.filter((delivery) => this.#isNew(`delivery ${delivery.seq}`, delivery));
    if (newMessages.length > 0) change.messages = newMessages;
    if (newCalls.length > 0) change.calls = newCalls;
    if (newDeliveries.length > 0) change.deliveries = newDeliveries;
    return change;
  }

  #isNew(key: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    if (this.#known.get(key) === text) return false;
    this.#known.set(key, text);
    return true;
  }
}

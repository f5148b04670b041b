import type { Ids } from '../ids.ts';
import type { Logger } from '../logger.ts';
import type { AppState } from '../state/appState.ts';
import type { DeliveryEntry } from '../state/deliveryLog.ts';
import type { Faults } from '../state/faults.ts';
import type { EventBody } from './events.ts';
import type { PostResult } from './post.ts';
import { type PushParts, push } from './push.ts';

export interface DeliveriesParts extends PushParts {
  app: AppState;
  ids: Ids;
  logger: Logger;
  faults: Faults;
  retryDelaysMs: number[];
  closing: AbortSignal;
}

/** Pushes events to the bot: at least once, unordered, again after every delay of the ladder until it answers 200 in time. */
export class Deliveries {
  readonly #parts: DeliveriesParts;
  readonly #sent = new Map<string, EventBody>();

  constructor(parts: DeliveriesParts) {
    this.#parts = parts;
  }

  /** Hands an event over, if the released app subscribes to it; delivery goes on in the background. */
  enqueue(body: EventBody): void {
    if (this.#parts.app.delivers(body.header.event_type)) this.send(body);
  }

  /** Hands an event over, subscribed to or not. */
  send(body: EventBody): void {
    this.#sent.set(body.header.event_id, body);
    const faults = this.#parts.faults.takeForDelivery(body.header.event_type);
    const delayMs = faults.reduce((sum, fault) => sum + (fault.type === 'delay' ? fault.ms : 0), 0);
    const lostAnswers = faults.filter((fault) => fault.type === 'lost-answer').length;
    this.#inBackground(this.#deliver(body, delayMs, lostAnswers));
    for (const fault of faults) {
      if (fault.type !== 'duplicate') continue;
      for (let copy = 0; copy < (fault.copies ?? 1); copy += 1) {
        this.#inBackground(this.#deliver(fault.newEventId ? this.#renamed(body) : body, delayMs, 0));
      }
    }
  }

  /** One more attempt, now, for something sent before. Throws for an unknown event id. */
  async redeliver(eventId: string, newEventId = false): Promise<void> {
    const body = this.#sent.get(eventId);
    if (!body) throw new Error(`no event ${eventId} was sent`);
    const attempt = this.#parts.log.of(eventId).length + 1;
    const { entry, result } = await push(this.#parts, newEventId ? this.#renamed(body) : body, attempt);
    this.#end(entry, result, failureOf(result));
  }

  /** Keeps a card callback for `redeliver`; it is sent elsewhere. */
  remember(body: EventBody): void {
    this.#sent.set(body.header.event_id, body);
  }

  #renamed(body: EventBody): EventBody {
    const copy = { ...body, header: { ...body.header, event_id: this.#parts.ids.event() } };
    this.remember(copy);
    return copy;
  }

  async #deliver(body: EventBody, delayMs: number, lostAnswers: number): Promise<void> {
    const { clock, closing, retryDelaysMs } = this.#parts;
    if (delayMs > 0) await clock.sleep(delayMs, closing);
    for (let attempt = 1; ; attempt += 1) {
      const { entry, result } = await push(this.#parts, body, attempt);
      const error = attempt <= lostAnswers ? 'the answer was lost (injected)' : failureOf(result);
      const retryDelayMs = error === undefined ? undefined : retryDelaysMs[attempt - 1];
      // The pause begins before the log tells anybody, so that who moves the clock then ends it.
      const pause = retryDelayMs === undefined || closing.aborted ? undefined : clock.sleep(retryDelayMs, closing);
      this.#end(entry, result, error, retryDelayMs);
      if (!pause) return;
      await pause;
    }
  }

  #end(entry: DeliveryEntry, result: PostResult, error: string | undefined, retryDelayMs?: number): void {
    this.#parts.log.end(entry, {
      status: result.kind === 'answer' ? result.status : 0,
      tookMs: result.tookMs,
      ...(error === undefined ? {} : { error }),
      ...(retryDelayMs === undefined ? {} : { nextAttemptAt: this.#parts.clock.now() + retryDelayMs }),
    });
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (this.#parts.closing.aborted) return;
      this.#parts.logger.error(
        { reason: error instanceof Error ? error.message : 'unknown' },
        'a delivery of the local Feishu failed',
      );
    });
  }
}

function failureOf(result: PostResult): string | undefined {
  if (result.kind !== 'answer') return result.error;
  return result.status === 200 ? undefined : `HTTP ${result.status}`;
}

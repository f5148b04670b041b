import type { Clock } from '../../lib/clock.ts';
import { type Frame, headerOf } from './frame.ts';

/** The body of a webhook may not be larger either. */
const MAX_BYTES = 1024 * 1024;
const MAX_PARTS = 1_024;
/** How many messages may be incomplete at a time, and for how long; Feishu sends the parts of one right after each other. */
const MAX_OPEN = 1_000;
const PATIENCE_MS = 10_000;

interface Incomplete {
  parts: (Uint8Array | undefined)[];
  since: number;
}

/** What a frame adds to its message: `whole` when it was the last part. */
export type Joined = { kind: 'whole'; payload: Uint8Array } | { kind: 'incomplete' } | { kind: 'unusable' };

/** Joins messages that come in several frames. */
export class Fragments {
  readonly #incomplete = new Map<string, Incomplete>();
  readonly #clock: Pick<Clock, 'elapsed'>;

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock;
  }

  add(frame: Frame): Joined {
    const sum = Number(headerOf(frame, 'sum') ?? 1);
    const seq = Number(headerOf(frame, 'seq') ?? 0);
    if (sum === 1) return wholeOf([frame.payload]);
    if (!Number.isInteger(sum) || sum < 1 || sum > MAX_PARTS) return { kind: 'unusable' };
    if (!Number.isInteger(seq) || seq < 0 || seq >= sum) return { kind: 'unusable' };
    this.#forgetOld();
    const id = headerOf(frame, 'message_id') ?? '';
    const message = this.#incomplete.get(id) ?? { parts: Array(sum).fill(undefined), since: this.#clock.elapsed() };
    if (message.parts.length !== sum) return { kind: 'unusable' };
    message.parts[seq] = frame.payload;
    this.#incomplete.set(id, message);
    const parts = message.parts.flatMap((part) => part ?? []);
    if (parts.length < sum) return { kind: 'incomplete' };
    this.#incomplete.delete(id);
    return wholeOf(parts);
  }

  #forgetOld(): void {
    for (const [id, { since }] of this.#incomplete) {
      const isOld = this.#clock.elapsed() - since > PATIENCE_MS;
      if (isOld || this.#incomplete.size >= MAX_OPEN) this.#incomplete.delete(id);
    }
  }
}

function wholeOf(parts: readonly Uint8Array[]): Joined {
  const payload = Buffer.concat(parts);
  return payload.length > MAX_BYTES ? { kind: 'unusable' } : { kind: 'whole', payload };
}

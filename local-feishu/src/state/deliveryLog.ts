import type { Changes } from './changes.ts';

/** One attempt to push something to the bot. */
export interface DeliveryEntry {
  seq: number;
  eventId: string;
  eventType: string;
  url: string;
  /** From 1. */
  attempt: number;
  /** HTTP status of the bot; 0 when there was none, undefined while it is awaited. */
  status?: number;
  tookMs?: number;
  /** Why the attempt counts as failed. */
  error?: string;
  /** On the local Feishu's clock. */
  nextAttemptAt?: number;
  startedAt: number;
  /** In clear. */
  body: unknown;
}

/** Every push, oldest first. */
export class DeliveryLog {
  readonly #entries: DeliveryEntry[] = [];
  readonly #changes: Changes;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  all(): DeliveryEntry[] {
    return [...this.#entries];
  }

  /** Attempts of one event. */
  of(eventId: string): DeliveryEntry[] {
    return this.#entries.filter((entry) => entry.eventId === eventId);
  }

  /** Resolves with the first attempt that is over and fits; checked on every change. `timeoutMs` in real time. */
  waitFor(predicate: (entry: DeliveryEntry) => boolean, timeoutMs = 30_000): Promise<DeliveryEntry> {
    const find = () => this.#entries.find((entry) => entry.status !== undefined && predicate(entry));
    const present = find();
    if (present) return Promise.resolve(present);
    return new Promise((resolve, reject) => {
      const stop = this.#changes.on(() => {
        const found = find();
        if (!found) return;
        clearTimeout(timer);
        stop();
        resolve(found);
      });
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`no such delivery within ${timeoutMs} ms`));
      }, timeoutMs);
    });
  }

  begin(entry: Omit<DeliveryEntry, 'seq'>): DeliveryEntry {
    const started = { ...entry, seq: this.#entries.length + 1 };
    this.#entries.push(started);
    return started;
  }

  end(entry: DeliveryEntry, result: Pick<DeliveryEntry, 'status' | 'tookMs' | 'error' | 'nextAttemptAt'>): void {
    Object.assign(entry, result);
    this.#changes.emit();
  }
}

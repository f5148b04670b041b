import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../src/lib/clock.ts';

interface Sleeper {
  until: number;
  wake: () => void;
}

/** A clock that moves only when it is told to; whoever sleeps on it wakes when its time has come. */
export class ManualClock implements Clock {
  /** Not the time of day: whoever mixes the two up is far off. */
  #elapsed = 1_000;
  /** What the time of day is ahead of that. */
  #ahead: number;
  #sleepers: Sleeper[] = [];

  constructor(now = 1_760_000_000_000) {
    this.#ahead = now - this.#elapsed;
  }

  now(): number {
    return this.#elapsed + this.#ahead;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  /** How many sleep at the moment. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { until: this.#elapsed + ms, wake };
      signal?.addEventListener('abort', wake);
      this.#sleepers.push(sleeper);
    });
  }

  /** Sets the time of day by `ms`, while `elapsed` goes on as if nothing had happened. */
  step(ms: number): void {
    this.#ahead += ms;
  }

  /** Moves on by `ms` and wakes whose time has come, the earliest first. */
  advance(ms: number): void {
    this.#elapsed += ms;
    const due = this.#sleepers.filter((sleeper) => sleeper.until <= this.#elapsed);
    for (const sleeper of due.sort((a, b) => a.until - b.until)) sleeper.wake();
  }

  /** Lets time pass, `stepMs` for every real millisecond or two and only while somebody sleeps, until `work` is over. */
  async runUntil<T>(work: Promise<T>, stepMs = 5): Promise<T> {
    let over = false;
    const done = work.finally(() => {
      over = true;
    });
    const passing = async () => {
      while (!over) {
        await delay(1);
        if (!over && this.sleeping > 0) this.advance(stepMs);
      }
    };
    const [result] = await Promise.all([done, passing()]);
    return result;
  }
}

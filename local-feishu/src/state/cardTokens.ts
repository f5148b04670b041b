import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';

const LIFE_MS = 30 * 60_000;
const USES = 2;

interface CardToken {
  messageId: string;
  expiresAt: number;
  uses: number;
  answered: boolean;
}

export type CardTokenCheck =
  | { kind: 'live'; messageId: string }
  | { kind: 'unknown' | 'expired' | 'spent' }
  | { kind: 'unanswered'; messageId: string };

/** Credentials for delayed card updates: 30 minutes, two uses, only after the callback was answered. */
export class CardTokens {
  readonly #tokens = new Map<string, CardToken>();
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(clock: Clock, ids: Ids) {
    this.#clock = clock;
    this.#ids = ids;
  }

  issue(messageId: string): string {
    const token = this.#ids.cardToken();
    this.#tokens.set(token, { messageId, expiresAt: this.#clock.now() + LIFE_MS, uses: 0, answered: false });
    return token;
  }

  /** The callback is over, well or badly. */
  markAnswered(token: string): void {
    const entry = this.#tokens.get(token);
    if (entry) entry.answered = true;
  }

  /** True while a callback of this message waits for its answer. */
  isLocked(messageId: string): boolean {
    return [...this.#tokens.values()].some((entry) => entry.messageId === messageId && !entry.answered);
  }

  /** The message that was clicked, whatever became of the token. */
  messageOf(token: string): string | undefined {
    return this.#tokens.get(token)?.messageId;
  }

  check(token: string): CardTokenCheck {
    const entry = this.#tokens.get(token);
    if (!entry) return { kind: 'unknown' };
    if (entry.expiresAt <= this.#clock.now()) return { kind: 'expired' };
    if (entry.uses >= USES) return { kind: 'spent' };
    if (!entry.answered) return { kind: 'unanswered', messageId: entry.messageId };
    return { kind: 'live', messageId: entry.messageId };
  }

  use(token: string): void {
    const entry = this.#tokens.get(token);
    if (entry) entry.uses += 1;
  }
}

import type { Skill } from './desk.ts';

/** One write to the desk that the helpdesk API carried out, at once or late. */
export interface Effect {
  /** From 1, in the order in which they happened. */
  seq: number;
  /** `seq` of its call in the call log. */
  callSeq: number;
  /** On the local Feishu's clock, milliseconds since 1970. */
  at: number;
  method: 'POST' | 'PATCH' | 'DELETE';
  skillId: string;
  /** Whose user token it was. */
  userOpenId: string;
  /** What the client called the request, in the header `x-request-id`. */
  requestId?: string;
  requestBody: unknown;
  /** Undefined: made by this write. */
  before: Skill | undefined;
  /** Undefined: deleted by this write. */
  after: Skill | undefined;
}

/** Everything that calls of the bot did to the desk, oldest first. Foreign edits are not in it. */
export class Effects {
  readonly #all: Effect[] = [];

  all(): Effect[] {
    return [...this.#all];
  }

  add(effect: Omit<Effect, 'seq'>): void {
    this.#all.push({ ...effect, seq: this.#all.length + 1 });
  }
}

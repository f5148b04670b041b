/**
 * What the bot counts and measures. Every word given here becomes a label and is one of a few that the program knows:
 * never anything that a person, a chat or Feishu has named. Times in milliseconds.
 */
export interface Metrics {
  /** A delivery that is certainly from Feishu came in; `kind` is its kind, or `other`. */
  received(kind: string, outcome: 'stored' | 'duplicate' | 'ignored'): void;
  /** A request was not taken for a delivery of Feishu. */
  refused(reason: string): void;
  /** The answer to a delivery has gone out. */
  acknowledged(kind: string, afterMs: number): void;
  /** An attempt to bring about the effect of a delivery is over. */
  handled(kind: string, outcome: 'done' | 'retried' | 'given-up' | 'set-aside'): void;
  /** Somebody typed a command; `name` is that of the registry, or `unknown`. */
  command(name: string): void;
  /** So many changes have ended in this status. */
  changesEnded(status: string, count: number): void;
  /** Feishu was called once. `problem` is the kind of a failure. */
  called(call: { route: string; tookMs: number; problem?: string | undefined }): void;
  /** A stored login was refreshed, or not: `failed` may go away, `dead` does not. */
  refreshed(outcome: 'ok' | 'failed' | 'dead'): void;
}

const nothing = (): void => undefined;

/** For a bot that nobody measures. */
export const NO_METRICS: Metrics = {
  received: nothing,
  refused: nothing,
  acknowledged: nothing,
  handled: nothing,
  command: nothing,
  changesEnded: nothing,
  called: nothing,
  refreshed: nothing,
};

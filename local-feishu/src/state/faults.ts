/** Answers an error and does nothing. `body` replaces the whole body. */
export interface StatusFault {
  type: 'status';
  status: number;
  code?: number;
  msg?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** How a call ends for the client when its effect comes later. */
export type LateAnswer = StatusFault | { type: 'drop' } | { type: 'hang' };

/** All times are real milliseconds. Whatever takes effect does so even when the client has gone meanwhile. */
export type CallFault =
  /** Waits before it does what was asked, which is the default, or between that and the answer. */
  | { type: 'latency'; ms: number; when?: 'before' | 'after' }
  | StatusFault
  /** Answers at once, and takes effect `afterMs` later, as if the call had come in then. */
  | { type: 'late'; afterMs: number; answer: LateAnswer }
  /** Cuts the connection, before or after the effect. */
  | { type: 'drop'; when: 'before' | 'after' }
  /** Never answers; with `when: 'after'` the effect has happened. Default before. */
  | { type: 'hang'; when?: 'before' | 'after' }
  /** Does nothing, answers a page of HTML, as something between the client and the platform would. Default status 200. */
  | { type: 'page'; status?: number }
  /** Does what was asked, answers half of the JSON. */
  | { type: 'malformed' }
  /** Does what was asked, answers one byte every `everyMs`. */
  | { type: 'drip'; everyMs: number }
  /** Does what was asked, answers JSON that is filled up to `bytes`. */
  | { type: 'large'; bytes: number };

export type DeliveryFault =
  /** Sends the same event again at once, `copies` times (default 1), or under new event ids. */
  | { type: 'duplicate'; copies?: number; newEventId?: boolean }
  /** Holds the first attempt back, on the clock. */
  | { type: 'delay'; ms: number }
  /** Takes the bot's good answer for a failure: the ladder goes on. */
  | { type: 'lost-answer' };

export interface FaultTimes {
  /** Default 1; Infinity is fine. */
  times?: number;
  /** Lets this many through first. */
  skip?: number;
}

export interface CallFaultRule extends FaultTimes {
  /** A route pattern or a path, as in the call log, or a RegExp on the path. Default: every call. */
  route?: string | RegExp;
  method?: string;
  kind: CallFault;
}

export interface DeliveryFaultRule extends FaultTimes {
  /** Default: every event. */
  eventType?: string;
  kind: DeliveryFault;
}

export interface FaultHandle {
  remove(): void;
}

interface Armed<Rule> {
  rule: Rule;
  left: number;
  skip: number;
}

/** Faults that are armed, for calls of the bot and for pushes to it. */
export class Faults {
  readonly #calls = new Set<Armed<CallFaultRule>>();
  readonly #deliveries = new Set<Armed<DeliveryFaultRule>>();

  add(rule: CallFaultRule): FaultHandle {
    return arm(this.#calls, rule);
  }

  addDelivery(rule: DeliveryFaultRule): FaultHandle {
    return arm(this.#deliveries, rule);
  }

  clear(): void {
    this.#calls.clear();
    this.#deliveries.clear();
  }

  /** What is armed, oldest first. */
  list(): (CallFaultRule | DeliveryFaultRule)[] {
    return [...this.#calls, ...this.#deliveries].map((armed) => armed.rule);
  }

  /** Uses up what fits this call: all latencies, and the first fault of another kind. */
  takeForCall(call: { method: string; route: string; path: string }): CallFault[] {
    const taken: CallFault[] = [];
    for (const armed of [...this.#calls]) {
      if (!fitsCall(armed.rule, call)) continue;
      const isLatency = armed.rule.kind.type === 'latency';
      if (!isLatency && taken.some((fault) => fault.type !== 'latency')) continue;
      if (use(this.#calls, armed)) taken.push(armed.rule.kind);
    }
    return taken;
  }

  /** Uses up everything that fits this event. */
  takeForDelivery(eventType: string): DeliveryFault[] {
    const fitting = [...this.#deliveries].filter(({ rule }) => (rule.eventType ?? eventType) === eventType);
    return fitting.filter((armed) => use(this.#deliveries, armed)).map((armed) => armed.rule.kind);
  }
}

function arm<Rule extends FaultTimes>(set: Set<Armed<Rule>>, rule: Rule): FaultHandle {
  const armed = { rule, left: rule.times ?? 1, skip: rule.skip ?? 0 };
  set.add(armed);
  return {
    remove: () => {
      set.delete(armed);
    },
  };
}

function use<Rule>(set: Set<Armed<Rule>>, armed: Armed<Rule>): boolean {
  if (armed.skip > 0) {
    armed.skip -= 1;
    return false;
  }
  armed.left -= 1;
  if (armed.left <= 0) set.delete(armed);
  return true;
}

function fitsCall(rule: CallFaultRule, call: { method: string; route: string; path: string }): boolean {
  if (rule.method !== undefined && rule.method.toUpperCase() !== call.method) return false;
  if (rule.route === undefined) return true;
  if (typeof rule.route === 'string') return rule.route === call.route || rule.route === call.path;
  return rule.route.test(call.path);
}

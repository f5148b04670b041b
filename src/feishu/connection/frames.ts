import { setImmediate as nextTurn } from 'node:timers/promises';
import * as lark from '@larksuiteoapi/node-sdk';
import { SILENT } from '../silent.ts';

/** What a frame is answered with. */
export interface FrameAnswer {
  /** Undefined when there is nothing to say. */
  body: object | undefined;
  /** Called once the answer has gone out, with false when the connection was lost before. Never rejects. */
  afterwards: (sent: boolean) => Promise<void>;
}

/** Takes in what a frame carries, in clear. When it rejects, Feishu counts the frame as failed. */
export type Receive = (body: unknown) => Promise<FrameAnswer>;

/** What the SDK gives its frames to. */
export interface Frames {
  dispatcher: lark.EventDispatcher;
  /** Takes in nothing more; resolves when every answer under way has gone out. */
  drain(): Promise<void>;
}

/** `ordinal` is the number of the connection that is up: another one does not take the answers to what this one brought. */
export function createFrames(receive: Receive, ordinal: () => number): Frames {
  const underWay = new Set<Promise<void>>();
  let stopping = false;

  const answer = async (body: unknown): Promise<object | undefined> => {
    if (stopping) throw new Error('stopping: to be delivered again');
    const connection = ordinal();
    const receiving = receive(body);
    const out = receiving.then(goneOut, goneOut);
    underWay.add(out);
    void out.then(() => underWay.delete(out));
    const answered = await receiving;
    void out.then(() => answered.afterwards(ordinal() === connection));
    return answered.body;
  };

  return {
    dispatcher: new PlainDispatcher(answer),
    drain: async () => {
      stopping = true;
      await Promise.all(underWay);
    },
  };
}

/** The SDK hands an answer to the socket in the very turn of the event loop in which it gets it: it is out in the next. */
const goneOut = async (): Promise<void> => {
  await nextTurn();
};

/**
 * Passes on what a frame carries as it came. The SDK's own dispatcher puts header and event on one level, where their
 * tokens clash, and acknowledges a type without a handler as "no … event handle".
 */
class PlainDispatcher extends lark.EventDispatcher {
  readonly #answer: (body: unknown) => Promise<object | undefined>;

  constructor(answer: (body: unknown) => Promise<object | undefined>) {
    super({ logger: SILENT });
    this.#answer = answer;
  }

  override invoke(body: unknown): Promise<object | undefined> {
    return this.#answer(body);
  }
}

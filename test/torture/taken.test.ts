import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Toast } from '../../src/cards/kit.ts';
import { createMessages } from '../../src/feishu/messages.ts';
import type { LiveDelivery } from '../../src/inbox/liveDelivery.ts';
import { type CallbackParts, createAnswerCallback } from '../../src/transport/callback.ts';
import { type FakeFeishu, startFakeFeishu } from '../support/feishu.ts';
import { aClick } from '../transport/samples.ts';
import { isTaken } from './taken.ts';

let feishu: FakeFeishu;
beforeEach(async () => {
  feishu = await startFakeFeishu();
});
afterEach(() => feishu.close());

const never = new Promise<never>(() => undefined);
const stored: LiveDelivery = {
  finish: async () => undefined,
  secure: async () => undefined,
  retry: async () => undefined,
};

/** What the bot answers a click with; `storing` and `act` may take longer than it has. */
async function answerTo(storing: Promise<LiveDelivery>, act: CallbackParts['act']): Promise<Toast | undefined> {
  const { clock, client, logs } = feishu;
  const refuse = async (): Promise<never> => {
    throw new Error('a callback has no business with this');
  };
  const callbacks = createAnswerCallback({
    inbox: { acceptLive: () => storing, accept: refuse, stop: refuse, wake: () => undefined, start: () => undefined },
    messages: createMessages(client, logs.logger),
    clock,
    logger: logs.logger,
    act,
    inProgress: async () => undefined,
    showAgain: refuse,
  });
  const answer = callbacks(aClick(), clock.elapsed());
  // An answer that waits for nothing may be out by then.
  for (let turn = 0; turn < 5; turn += 1) await delay(0);
  await clock.advance(3_000);
  return (await answer).body.toast;
}

const isAnswerTaken = async (...given: Parameters<typeof answerTo>): Promise<boolean> => {
  const toast = await answerTo(...given);
  if (!toast) throw new Error('the bot said nothing');
  return isTaken({ status: 'ok', toast });
};

describe('a press is taken', () => {
  it('when the bot is still working on it', async () => {
    expect(await isAnswerTaken(Promise.resolve(stored), () => never)).toBe(true);
  });

  it('when the bot says that it tries again', async () => {
    const act = async () => {
      throw new Error('the database is away');
    };
    expect(await isAnswerTaken(Promise.resolve(stored), act)).toBe(true);
  });
});

describe('a press is not taken', () => {
  it('when it may never be stored', async () => {
    expect(await isAnswerTaken(never, () => never)).toBe(false);
  });

  it('when there was no answer, none in words, or a refusal', () => {
    const toast = { type: 'error' as const, content: '不行', i18n: { zh_cn: '不行', en_us: 'No' } };
    expect(isTaken({ status: 'error', code: 200341 })).toBe(false);
    expect(isTaken({ status: 'ok' })).toBe(false);
    expect(isTaken({ status: 'ok', toast })).toBe(false);
    expect(isTaken({ status: 'ok', toast: { ...toast, type: 'warning' } })).toBe(false);
    expect(isTaken({ status: 'ok', toast: { ...toast, type: 'success' } })).toBe(true);
  });
});

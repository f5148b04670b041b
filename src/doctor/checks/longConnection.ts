import { phrase } from '../../lib/phrase.ts';
import { openTemporarily } from '../../transport/temporaryConnection.ts';
import { type Check, ok, skipped } from '../check.ts';

/** Feishu lets the app open its long connection, and answers on it. */
export const longConnection: Check = {
  name: 'long-connection',
  title: phrase('长连接', 'Long connection'),
  needs: ['credentials'],
  variables: ['FEISHU_TRANSPORT'],
  limitMs: 40_000,
  async run({ choices, config, connection, clock }) {
    if (choices.transport !== 'websocket')
      return skipped('not_needed', phrase('用不到：webhook。', 'Not needed: webhook.'));
    const close = await openTemporarily(config.feishu, connection.http, clock);
    await close();
    return ok(phrase('可以打开，飞书有回应。', 'It opens, and Feishu answers on it.'));
  },
};

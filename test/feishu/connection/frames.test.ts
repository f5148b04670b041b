import { expect, it } from '@jest/globals';
import { createFrames } from '../../../src/feishu/connection/frames.ts';
import { until } from '../../support/until.ts';

it('what follows an answer waits until the SDK has sent it, which takes it a few steps of the same turn', async () => {
  const order: string[] = [];
  const receive = async () => ({ body: { a: 1 }, afterwards: async () => void order.push('followed') });
  const frames = createFrames(receive, () => 1);
  expect(await frames.dispatcher.invoke({})).toEqual({ a: 1 });
  for (let step = 0; step < 20; step += 1) await Promise.resolve();
  order.push('sent');
  await until(() => order.length === 2);
  expect(order).toEqual(['sent', 'followed']);
});

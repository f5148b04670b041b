import { expect, it } from '@jest/globals';
import { outgoingOf } from '../../src/feishu/outgoing.ts';
import { VERSION } from '../../src/lib/version.ts';

it('a call names the bot and its version', () => {
  const { headers } = outgoingOf({ url: 'https://open.feishu.cn/open-apis/im/v1/messages' });
  expect(headers['user-agent']).toBe(`feishu-skill-bot/${VERSION}`);
});

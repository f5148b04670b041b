import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { connectFeishu } from '../../src/app/feishu.ts';
import { readConfig } from '../../src/config/config.ts';
import { MessageId } from '../../src/domain/ids.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { NO_METRICS } from '../../src/lib/metrics.ts';
import { TOKEN_KEY } from '../support/bot.ts';
import { type FakeServer, startFakeServer } from '../support/fakeServer.ts';
import { failureOf, TENANT_TOKEN_ROUTE, tenantTokenReply } from '../support/feishu.ts';

const MESSAGE = MessageId.parse('om_1');
const REPLY = 'POST /open-apis/im/v1/messages/om_1/reply';
const LIST = 'GET /open-apis/helpdesk/v1/agent_skills';
const limited = (reset: string) => ({
  ...{ status: 400, headers: { 'x-ogw-ratelimit-reset': reset } },
  json: { code: 230020, msg: 'This operation triggers the frequency limit.' },
});

let server: FakeServer;
let feishu: ReturnType<typeof connectFeishu>;
beforeEach(async () => {
  server = await startFakeServer();
  server.on(TENANT_TOKEN_ROUTE, tenantTokenReply());
  const config = readConfig({
    FEISHU_APP_ID: 'cli_1',
    FEISHU_APP_SECRET: 's',
    FEISHU_VERIFICATION_TOKEN: 'v',
    HELPDESK_ID: '1',
    HELPDESK_TOKEN: 't',
    TOKEN_ENCRYPTION_KEYS: TOKEN_KEY,
    FEISHU_BASE_URL: server.url,
    FEISHU_ACCOUNTS_URL: server.url,
  });
  feishu = connectFeishu(config, { clock: systemClock, logger: createLogger('silent'), metrics: NO_METRICS });
});
afterEach(async () => {
  feishu.http.close();
  await server.close();
});

it('a card that is rate limited is not waited for: whoever sends it hears at once when it may be sent', async () => {
  server.on(REPLY, limited('3'));
  const failure = await failureOf(feishu.messages.reply(MESSAGE, {}, 'uuid'));
  expect(failure).toMatchObject({ kind: 'rate-limited', code: 230020, retryAfterMs: 3_000 });
  expect(server.sent(REPLY)).toHaveLength(1);
});

it('a rate limit that is over in a moment is waited for, and a longer one of a read', async () => {
  server.on(REPLY, limited('0'), { json: { code: 0, data: { message_id: 'om_2' } } });
  expect(await feishu.messages.reply(MESSAGE, {}, 'uuid')).toBe('om_2');
  server.on(LIST, limited('2'), { json: { code: 0, data: { agent_skills: [] } } });
  await feishu.helpdesk.listSkills();
  expect(server.sent(LIST)).toHaveLength(2);
});

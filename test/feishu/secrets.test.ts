import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ChatId, MessageId, SkillId } from '../../src/domain/ids.ts';
import { createHelpdesk } from '../../src/feishu/helpdesk.ts';
import { createMessages } from '../../src/feishu/messages.ts';
import { createPeople } from '../../src/feishu/people.ts';
import { type Reply, unusedPort } from '../support/fakeServer.ts';
import {
  DESK,
  DESK_HEADER,
  DEVICE_ROUTE,
  type FakeFeishu,
  failureOf,
  SECRETS,
  SENDER,
  startFakeFeishu,
  TENANT_TOKEN_ROUTE,
  TOKEN_ROUTE,
  USER_INFO_ROUTE,
} from '../support/feishu.ts';

const SKILL = SkillId.parse('6941215891786825756');
const MESSAGE = MessageId.parse('om_1');
const CODE = 'authorization-code-secret';
const VERIFIER = 'verifier-secret-0123456789-0123456789-0123456789';
const BASIC = Buffer.from(`cli_9f5343c580712544:${SECRETS.app}`).toString('base64');
const CARD_TOKEN = 'c-secret-295ee57216a5dc9de90fefd0aadb4b1d';
const CARD_TEXT = 'text-of-a-card';

const NEVER_SHOWN = [...Object.values(SECRETS), DESK_HEADER, BASIC, CODE, VERIFIER, CARD_TOKEN, CARD_TEXT];

const NO_DATA = 'an answer without data';

/** Every way in which a call can fail; one HTML page for what stands between. */
const FAILURES: [string, Reply][] = [
  ['no answer', 'drop'],
  ['a time-out', 'hang'],
  ['a page', { status: 502, text: '<html>Bad Gateway</html>' }],
  ['a page with status 200', { status: 200, text: '<html>Welcome</html>' }],
  ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere' } }],
  ['an empty answer', { status: 200, json: {} }],
  ['tokens where none were expected', { status: 400, json: { access_token: SECRETS.userToken } }],
  [NO_DATA, { status: 200, json: { code: 0, msg: 'ok', refresh_token: SECRETS.refreshToken } }],
  ...[
    99991400, 99991401, 99991543, 10014, 99991661, 99991663, 99991668, 99991677, 99991672, 99991679, 99992402, 154000,
    154001, 154003, 154004, 155000, 230002, 230020, 230031, 230099, 300020, 20001, 20002, 20003, 20005, 20008, 20026,
    20037, 20050, 20064, 20065, 20071, 20072, 20073, 20074,
  ].map((code): [string, Reply] => [
    String(code),
    { status: 400, json: { code, msg: 'no', error: { log_id: 'log' }, error_description: 'no' } },
  ]),
];

const ROUTES = [
  `GET /open-apis/helpdesk/v1/agent_skills/${SKILL}`,
  `PATCH /open-apis/helpdesk/v1/agent_skills/${SKILL}`,
  'POST /open-apis/helpdesk/v1/agent_skills',
  `DELETE /open-apis/helpdesk/v1/agent_skills/${SKILL}`,
  `POST /open-apis/im/v1/messages/${MESSAGE}/reply`,
  'POST /open-apis/im/v1/messages',
  `POST /open-apis/interactive/v1/card/update`,
  'POST /open-apis/contact/v3/users/batch_get_id',
  TOKEN_ROUTE,
  DEVICE_ROUTE,
  USER_INFO_ROUTE,
];

/** Every call that carries a secret. */
function callsOf({ client, oauth, device, logs }: FakeFeishu): (() => Promise<unknown>)[] {
  const helpdesk = createHelpdesk(client, DESK, logs.logger);
  const messages = createMessages(client, logs.logger);
  const card = { schema: '2.0', body: { elements: [{ tag: 'markdown', content: CARD_TEXT }] } };
  const content = { name: 'x', rules: [], agentIds: [] };
  const query = new URLSearchParams({ code: CODE, state: 's' });
  return [
    () => helpdesk.getSkill(SKILL),
    () => helpdesk.createSkill(SENDER, content),
    () => messages.reply(MESSAGE, card, 'u-1'),
    () => messages.send({ chatId: ChatId.parse('oc_1') }, card, 'u-1'),
    () => createPeople(client).byEmail(['a@example.com']),
    () => oauth.exchange({ redirectUri: 'https://bot.example.com/cb', query, state: 's', verifier: VERIFIER }),
    () => oauth.refresh(SECRETS.refreshToken),
    () => device.start(),
    () => device.poll(SECRETS.deviceCode),
    () => oauth.whoIs(SECRETS.userToken),
    () => helpdesk.patchSkill(SENDER, SKILL, { name: 'x' }),
    () => helpdesk.deleteSkill(SENDER, SKILL),
    () => messages.updateClicked(CARD_TOKEN, card),
  ];
}

/** How many of them, from the first one on, want more of an answer than that it says yes. */
const NEED_DATA = 10;

/** Everything that can be learned from an error by printing it, whichever way. */
function printed(error: Error): string {
  const own = Object.fromEntries(Object.getOwnPropertyNames(error).map((name) => [name, Reflect.get(error, name)]));
  return [String(error), error.stack, JSON.stringify(error), JSON.stringify(own), inspect(error, { depth: 20 })].join();
}

/** What was said past the logger: the SDK's own logs go to the console. */
function captureConsole(): { text: () => string; release: () => void } {
  const said: string[] = [];
  const keep = (...all: unknown[]) => void said.push(inspect(all, { depth: 20 }));
  const spies = (['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((level) =>
    jest.spyOn(console, level).mockImplementation(keep),
  );
  return { text: () => said.join(''), release: () => spies.forEach((spy) => void spy.mockRestore()) };
}

describe('secrets', () => {
  let feishu: FakeFeishu;

  beforeEach(async () => {
    feishu = await startFakeFeishu({ timeoutMs: 40, writeTimeoutMs: 40, retries: 1 });
  });
  afterEach(() => feishu.close());

  it.each(FAILURES)('are in no error and no log after %s', async (what, reply) => {
    const terminal = captureConsole();
    try {
      for (const route of ROUTES) feishu.server.on(route, reply);
      const failing = callsOf(feishu).slice(0, what === NO_DATA ? NEED_DATA : undefined);
      for (const call of failing) {
        const failure = await failureOf(call());
        for (const secret of NEVER_SHOWN) expect(printed(failure)).not.toContain(secret);
      }
      for (const secret of NEVER_SHOWN) expect(feishu.logs.text()).not.toContain(secret);
      // So that the line above has something to look at: all but the logins' failures are logged.
      expect(feishu.logs.lines().length).toBeGreaterThanOrEqual(5);
      expect(terminal.text()).toBe('');
    } finally {
      terminal.release();
    }
  });

  it.each(FAILURES)('are in no error and no log when the tenant token meets %s', async (_what, reply) => {
    feishu.server.on(TENANT_TOKEN_ROUTE, reply);
    const failure = await failureOf(createHelpdesk(feishu.client, DESK, feishu.logs.logger).getSkill(SKILL));
    for (const secret of NEVER_SHOWN) expect(printed(failure) + feishu.logs.text()).not.toContain(secret);
  });

  it('are in no error when nobody listens', async () => {
    const away = await startFakeFeishu({}, `http://127.0.0.1:${await unusedPort()}`);
    try {
      for (const call of callsOf(away)) {
        const failure = await failureOf(call());
        expect(failure.kind).toBe('unreachable');
        for (const secret of NEVER_SHOWN) expect(printed(failure) + away.logs.text()).not.toContain(secret);
      }
    } finally {
      await away.close();
    }
  });

  it('go nowhere but to Feishu, and not in an address', async () => {
    for (const route of ROUTES) feishu.server.on(route, { status: 400, json: { code: 154000, msg: 'no' } });
    for (const call of callsOf(feishu)) await failureOf(call());
    for (const { target } of feishu.server.requests) {
      for (const secret of NEVER_SHOWN) expect(target).not.toContain(secret);
    }
    expect(feishu.server.requests.length).toBeGreaterThanOrEqual(ROUTES.length);
  });
});

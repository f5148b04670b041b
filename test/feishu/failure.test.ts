import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failureCard } from '../../src/cards/refused.ts';
import { SkillId } from '../../src/domain/ids.ts';
import { toFailure } from '../../src/feishu/errors.ts';
import { createHelpdesk } from '../../src/feishu/helpdesk.ts';
import { DESK, type FakeFeishu, failureOf, SECRETS, SENDER, startFakeFeishu, TOKEN_ROUTE } from '../support/feishu.ts';

const SKILL = SkillId.parse('6941215891786825756');
const WRITE = `PATCH /open-apis/helpdesk/v1/agent_skills/${SKILL}`;
const ADDRESS = 'https://security.feishu.cn/check?ticket=abc&lang=zh';

describe('a refusal by an access policy', () => {
  let feishu: FakeFeishu;

  beforeEach(async () => {
    feishu = await startFakeFeishu();
  });
  afterEach(() => feishu.close());

  const write = () => createHelpdesk(feishu.client, DESK, feishu.logs.logger).patchSkill(SENDER, SKILL, { name: 'x' });
  const refresh = () => feishu.oauth.refresh(SECRETS.refreshToken);

  it.each([
    ['beside the code', { challenge_url: ADDRESS }],
    ['in the data', { data: { challenge_url: ADDRESS, cli_hint: 'x' } }],
    ['in the error', { error: { challenge_url: ADDRESS } }],
    ['in the data of the error', { error: { data: { challenge_url: ADDRESS } } }],
    ['between backticks', { data: { challenge_url: ` \`${ADDRESS}\` ` } }],
  ])('names the address of the check: %s', async (_where, rest) => {
    feishu.server.on(TOKEN_ROUTE, { status: 400, json: { code: 21000, error_description: 'Blocked.', ...rest } });
    feishu.server.on(WRITE, { status: 403, json: { code: 21001, msg: 'Blocked.', ...rest } });
    for (const [call, code] of [[refresh, 21000] as const, [write, 21001] as const]) {
      const failure = await failureOf(call());
      expect(failure).toMatchObject({ kind: 'access-policy', code, message: 'Blocked.', checkUrl: ADDRESS });
    }
    expect(feishu.server.requests).toHaveLength(2);
  });

  it('has its address on a card for one person, and on no other, which says where to get it', async () => {
    const msg = `Open ${ADDRESS} first.`;
    feishu.server.on(WRITE, { status: 403, json: { code: 21000, msg, data: { challenge_url: ADDRESS } } });
    const failure = await failureOf(write());
    const own = JSON.stringify(failureCard(toFailure(failure), failure.checkUrl));
    expect(own).toContain(ADDRESS);
    expect(own).toContain('请先完成验证');
    expect(own).toContain('Complete the check');
    const open = JSON.stringify(failureCard(toFailure(failure)));
    expect(open).not.toContain('ticket=');
    expect(open).toContain('在与机器人的私聊里再发一次命令');
    expect(open).toContain('Send the command again in a direct chat');
  });

  it('leaves its address out of the log, also where Feishu’s own words hold it', async () => {
    const msg = `Open ${ADDRESS} first.`;
    feishu.server.on(WRITE, { status: 403, json: { code: 21000, msg, data: { challenge_url: ADDRESS } } });
    await failureOf(write());
    expect(feishu.logs.lines()).toEqual([
      expect.objectContaining({ kind: 'access-policy', code: 21000, reason: 'Open … first.' }),
    ]);
    expect(feishu.logs.text()).not.toContain('ticket=');
  });

  it.each([
    'http://security.feishu.cn/check',
    'javascript:alert(1)',
    'security.feishu.cn/check',
    'https://',
    '',
    7,
    null,
  ])('does not pass on %j for an address', async (challenge_url) => {
    feishu.server.on(TOKEN_ROUTE, {
      status: 400,
      json: { code: 21000, error_description: 'Blocked.', data: { challenge_url } },
    });
    const expected = { kind: 'access-policy', message: 'Blocked.', checkUrl: undefined };
    expect(await failureOf(refresh())).toMatchObject(expected);
  });

  it('does not pass on an address that would fill the card', async () => {
    const challenge_url = `${ADDRESS}${'a'.repeat(2_000)}`;
    feishu.server.on(WRITE, { status: 403, json: { code: 21000, msg: 'Blocked.', data: { challenge_url } } });
    expect(await failureOf(write())).toMatchObject({ kind: 'access-policy', checkUrl: undefined });
  });

  it('is the only one with an address', async () => {
    const json = { code: 154003, msg: 'No access.', data: { challenge_url: ADDRESS } };
    feishu.server.on(WRITE, { status: 403, json });
    expect(await failureOf(write())).toMatchObject({ kind: 'no-access', message: 'No access.', checkUrl: undefined });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failureCard } from '../../src/cards/refused.ts';
import { toFailure } from '../../src/changes/write.ts';
import { createHelpdesk } from '../../src/feishu/helpdesk.ts';
import { SkillId } from '../../src/skills/ids.ts';
import { DESK, type FakeFeishu, failureOf, SECRETS, startFakeFeishu, TOKEN_ROUTE } from '../support/feishu.ts';

const SKILL = SkillId.parse('6941215891786825756');
const WRITE = `PATCH /open-apis/helpdesk/v1/agent_skills/${SKILL}`;
const ADDRESS = 'https://security.feishu.cn/check?ticket=abc&lang=zh';

describe('a refusal by an access policy', () => {
  let feishu: FakeFeishu;

  beforeEach(async () => {
    feishu = await startFakeFeishu();
  });
  afterEach(() => feishu.close());

  const write = () => createHelpdesk(feishu.client, DESK).patchSkill(SECRETS.userToken, SKILL, { name: 'x' });
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
      expect(failure).toMatchObject({ kind: 'access-policy', code, message: `${ADDRESS} Blocked.` });
    }
    expect(feishu.server.requests).toHaveLength(2);
  });

  it('shows the address on the card, and what to do with it', async () => {
    feishu.server.on(TOKEN_ROUTE, { status: 400, json: { code: 21000, data: { challenge_url: ADDRESS } } });
    const card = JSON.stringify(failureCard(toFailure(await failureOf(refresh()))));
    expect(card).toContain(ADDRESS);
    expect(card).toContain('打开飞书给出的地址');
    expect(card).toContain('Complete the check at the address');
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
    expect(await failureOf(refresh())).toMatchObject({ kind: 'access-policy', message: 'Blocked.' });
  });

  it('is the only one with an address', async () => {
    const json = { code: 154003, msg: 'No access.', data: { challenge_url: ADDRESS } };
    feishu.server.on(WRITE, { status: 403, json });
    expect(await failureOf(write())).toMatchObject({ kind: 'no-access', message: 'No access.' });
  });
});

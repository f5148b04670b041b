import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SkillId } from '../../src/domain/ids.ts';
import { createHelpdesk, type Helpdesk } from '../../src/feishu/helpdesk.ts';
import { DESK, type FakeFeishu, failureOf, SECRETS, startFakeFeishu } from '../support/feishu.ts';

const ID = SkillId.parse('6941215891786825756');
const SKILLS = '/open-apis/helpdesk/v1/agent_skills';
const ROUTES = [`PATCH ${SKILLS}/${ID}`, `POST ${SKILLS}`, `DELETE ${SKILLS}/${ID}`];

describe('whether a write may go out', () => {
  let feishu: FakeFeishu;
  let helpdesk: Helpdesk;
  let asked: number;

  beforeEach(async () => {
    feishu = await startFakeFeishu();
    helpdesk = createHelpdesk(feishu.client, DESK, feishu.logs.logger);
    for (const route of ROUTES) feishu.server.on(route, { json: { code: 0, data: { agent_skill_id: ID } } });
    asked = 0;
  });
  afterEach(() => feishu.close());

  const sender = (may: () => boolean) => ({
    userToken: SECRETS.userToken,
    maySend: () => {
      asked += 1;
      return may();
    },
  });
  type Write = (may: () => boolean) => Promise<unknown>;
  const writes: [string, Write][] = [
    ['a change', (may) => helpdesk.patchSkill(sender(may), ID, { name: 'x' })],
    ['a new one', (may) => helpdesk.createSkill(sender(may), { name: 'x', rules: [], agentIds: [] })],
    ['the end of one', (may) => helpdesk.deleteSkill(sender(may), ID)],
  ];

  it.each(writes)('is asked once, %s', async (_what, write) => {
    await write(() => true);
    expect(asked).toBe(1);
    expect(feishu.server.requests).toHaveLength(1);
  });

  it.each(writes)('is asked when there is a connection, not before: %s', async (_what, write) => {
    let may = true;
    const writing = failureOf(write(() => may));
    // It has begun, and waits for its connection.
    may = false;
    expect(await writing).toMatchObject({ kind: 'not-sent' });
    expect(asked).toBe(1);
    expect(feishu.server.requests).toEqual([]);
  });

  it('is asked too on a connection that was kept', async () => {
    await helpdesk.deleteSkill(
      sender(() => true),
      ID,
    );
    const refused = await failureOf(
      helpdesk.deleteSkill(
        sender(() => false),
        ID,
      ),
    );
    expect(refused.kind).toBe('not-sent');
    expect(feishu.server.requests).toHaveLength(1);
    await helpdesk.deleteSkill(
      sender(() => true),
      ID,
    );
    expect(feishu.server.requests).toHaveLength(2);
  });

  it('is each its own, of many at once', async () => {
    const one = async (may: boolean, n: number) => {
      const patching = helpdesk.patchSkill(
        sender(() => may),
        ID,
        { name: String(n) },
      );
      return patching.then(
        () => true,
        () => false,
      );
    };
    const mays = Array.from({ length: 20 }, (_, n) => n % 3 === 0);
    expect(await Promise.all(mays.map(one))).toEqual(mays);
    const names = feishu.server.requests.map(({ json }) => JSON.stringify(json));
    expect(new Set(names).size).toBe(mays.filter((may) => may).length);
  });

  it('that nobody answers is no', async () => {
    const request = { method: 'DELETE', url: `${feishu.server.url}${SKILLS}/${ID}` };
    expect((await failureOf(feishu.http.request(request))).kind).toBe('not-sent');
    expect(feishu.server.requests).toEqual([]);
  });

  it('is no question of a read', async () => {
    feishu.server.on(`GET ${SKILLS}`, { json: { code: 0, data: {} } });
    await helpdesk.listSkills();
    expect(asked).toBe(0);
  });
});

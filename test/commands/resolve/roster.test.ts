import { beforeEach, describe, expect, it } from '@jest/globals';
import { createRoster, type Roster } from '../../../src/commands/resolve/roster.ts';
import type { DeskAgent } from '../../../src/domain/agent.ts';
import { OpenId } from '../../../src/domain/ids.ts';
import { FeishuError } from '../../../src/feishu/errors.ts';
import { MemoryDesk } from '../../changes/memoryDesk.ts';
import { ManualClock } from '../../support/clock.ts';
import { type CapturedLogs, captureLogs } from '../../support/logs.ts';

const [tom, zhang, li] = ['ou_tom', 'ou_zhang', 'ou_li'].map((id) => OpenId.parse(id));
if (!tom || !zhang || !li) throw new Error('three people are needed');
const MINUTE = 60_000;

/** A desk that counts how often it is asked who its agents are. */
class AskedDesk extends MemoryDesk {
  asked = 0;
  agents = new Map<OpenId, string>();
  /** What goes wrong with every question, and with that for the schedules. */
  failure: Error | undefined;
  refusal: FeishuError | undefined;

  override async listAgents() {
    this.asked += 1;
    const failure = this.failure ?? this.refusal;
    if (failure) throw failure;
    return this.#listed({ department: 'IT' });
  }

  override async agentEmails() {
    if (!(this.failure ?? this.refusal)) throw new Error('the schedules say more');
    if (this.failure) throw this.failure;
    return this.#listed({});
  }

  #listed(more: Partial<DeskAgent>) {
    const agents = new Map([...this.agents].map(([id, email]) => [id, { id, email, ...more }]));
    return { agents, unreadable: 0 };
  }
}

describe('the roster', () => {
  let desk: AskedDesk;
  let clock: ManualClock;
  let logs: CapturedLogs;
  let roster: Roster;
  beforeEach(() => {
    desk = new AskedDesk('desk');
    desk.agents.set(tom, 'tom@example.com');
    clock = new ManualClock();
    logs = captureLogs();
    roster = createRoster(desk, clock, logs.logger);
  });

  it('knows strangers, and asks nobody about agents it knows', async () => {
    expect(await roster.strangers([tom, zhang])).toEqual([zhang]);
    expect(await roster.strangers([tom])).toEqual([]);
    expect(await roster.strangers([])).toEqual([]);
    expect(desk.asked).toBe(1);
  });

  it('asks nobody at all about nobody', async () => {
    expect(await roster.strangers([])).toEqual([]);
    expect(desk.asked).toBe(0);
  });

  it('is warmed once', async () => {
    await roster.warm();
    await roster.warm();
    expect(await roster.strangers([tom])).toEqual([]);
    expect(desk.asked).toBe(1);
  });

  it('asks again before it calls somebody a stranger, unless it has just asked', async () => {
    await roster.warm();
    desk.agents.set(zhang, 'zhang@example.com');
    expect(await roster.strangers([zhang])).toEqual([zhang]);
    clock.advance(MINUTE);
    expect(await roster.strangers([zhang, li])).toEqual([li]);
    expect(desk.asked).toBe(2);
  });

  it('keeps what it knows for as long as it needs nobody else', async () => {
    await roster.warm();
    clock.advance(60 * MINUTE);
    expect(await roster.strangers([tom])).toEqual([]);
    expect(desk.asked).toBe(1);
  });

  it('warns of nobody when it cannot find out, and does not ask again at once', async () => {
    desk.failure = new FeishuError('unavailable', 'Internal error', { code: 155000, logId: 'log-1' });
    expect(await roster.strangers([tom, zhang])).toEqual([]);
    expect(await roster.strangers([zhang])).toEqual([]);
    expect(desk.asked).toBe(1);
    expect(logs.lines()).toMatchObject([{ kind: 'unavailable', code: 155000, logId: 'log-1' }]);

    desk.failure = undefined;
    clock.advance(5 * MINUTE);
    expect(await roster.strangers([zhang])).toEqual([zhang]);
  });

  it('gives all agents as they are now, and fails when they cannot be had', async () => {
    expect((await roster.all()).agents).toEqual(
      new Map([[tom, { id: tom, email: 'tom@example.com', department: 'IT' }]]),
    );
    desk.agents.set(li, 'li@example.com');
    expect([...(await roster.all()).agents.keys()]).toEqual([tom, li]);
    desk.failure = new FeishuError('unavailable', 'Internal error');
    await expect(roster.all()).rejects.toBe(desk.failure);
  });

  it('knows their addresses only, where the desk refuses their schedules, and does not ask for those for an hour', async () => {
    desk.refusal = new FeishuError('no-access', 'no access', { code: 154003, logId: 'log-1' });
    const plain = new Map([[tom, { id: tom, email: 'tom@example.com' }]]);
    expect((await roster.all()).agents).toEqual(plain);
    expect(await roster.strangers([tom, zhang])).toEqual([zhang]);
    expect(logs.lines()).toMatchObject([{ kind: 'no-access', code: 154003, logId: 'log-1' }]);
    expect((await roster.all()).agents).toEqual(plain);
    expect(desk.asked).toBe(1);

    clock.advance(60 * MINUTE);
    desk.refusal = undefined;
    expect((await roster.all()).agents.get(tom)).toMatchObject({ department: 'IT' });
  });

  it('asks for their schedules again at once, where those could not be had for the moment', async () => {
    desk.refusal = new FeishuError('unavailable', 'Internal error', { code: 155000 });
    expect((await roster.all()).agents.size).toBe(1);
    desk.refusal = undefined;
    expect((await roster.all()).agents.get(tom)).toMatchObject({ department: 'IT' });
  });

  it('does not hide a mistake', async () => {
    desk.failure = new TypeError('oops');
    await expect(roster.strangers([tom])).rejects.toBe(desk.failure);
  });
});

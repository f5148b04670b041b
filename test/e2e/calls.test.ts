import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../src/commands/registry.ts';
import { type Actor, type Stage, startStage } from '../support/story.ts';
import { asInTheBeginning, NIGHT, VIP } from './domain/admin.ts';

const SKILL = '/helpdesk/v1/agent_skills/:agent_skill_id';
const READ = `GET ${SKILL}`;
const LIST = 'GET /helpdesk/v1/agent_skills';
const OPTIONS = 'GET /helpdesk/v1/agent_skill_rules';
const AGENTS = 'GET /helpdesk/v1/agent_schedules';
const REPLY = 'POST /im/v1/messages/:message_id/reply';

const ONE_READ = [READ, REPLY];
/** The fresh read, the write and the read-back; the card is the answer to the click. */
const EDIT = [READ, `PATCH ${SKILL}`, READ];
/** Whether there is a skill of that name by now, the write and the read-back. */
const CREATE = [LIST, 'POST /helpdesk/v1/agent_skills', READ];
const DELETE = [READ, `DELETE ${SKILL}`, READ];

/** What is said, the calls until it is answered, and those of Confirm. The command is what follows `/skill`. */
const LINES: [line: string, answer: string[], confirm?: string[]][] = [
  ['help', [REPLY]],
  ['help show', [REPLY]],
  ['list', [LIST, REPLY]],
  [`show ${VIP}`, ONE_READ],
  ['show VIP', [LIST, READ, REPLY]],
  [`rename ${VIP} Gold`, ONE_READ, EDIT],
  ['rename VIP Gold', [LIST, READ, REPLY], EDIT],
  [`add-agent ${VIP} @王五`, ONE_READ, EDIT],
  [`remove-agent ${VIP} @Tom Li`, ONE_READ, EDIT],
  [`set-agents ${VIP} @王五`, ONE_READ, EDIT],
  [`rules ${VIP}`, ONE_READ],
  // The skill has a rule of that kind; else those of other skills are read until one shows how this desk writes it.
  [`add-rule ${NIGHT} 17 <= 9`, [READ, OPTIONS, REPLY], EDIT],
  // The offer of the tenant says what a condition can be.
  [`edit-rule ${NIGHT} 17 4`, [READ, OPTIONS, REPLY], EDIT],
  [`remove-rule ${NIGHT} 17`, [READ, OPTIONS, REPLY], EDIT],
  // Whether there is a skill of that name already.
  ['create New', [LIST, REPLY], CREATE],
  [`delete ${VIP}`, ONE_READ, DELETE],
  ['agents', [LIST, AGENTS, REPLY]],
  ['history', [REPLY]],
  ['undo', [LIST, REPLY], CREATE],
  ['login', [REPLY]],
  ['whoami', [REPLY]],
  ['nonsense', [REPLY]],
  ['add-agent', [AGENTS, LIST, REPLY]],
  ['logout', [REPLY]],
];

describe('calls to Feishu', () => {
  let stage: Stage;
  let zhou: Actor;
  beforeAll(async () => {
    stage = await startStage({ loggedIn: ['owner'] });
    zhou = stage.person('owner');
    // The app's own token is fetched once, and the loading that comes with the first call is over.
    await zhou.says('/skill list');
  });
  beforeEach(() => {
    asInTheBeginning(stage);
    stage.callsSince();
  });
  afterAll(() => stage.close());

  it('are counted for every command', () => {
    const counted = new Set([...LINES.map(([line]) => line.split(' ')[0])]);
    expect(COMMANDS.map(({ name }) => name).filter((name) => !counted.has(name))).toEqual([]);
  });

  for (const [line, answer, confirm] of LINES) {
    it(`/skill ${line} makes no more than these`, async () => {
      const card = await zhou.says(`/skill ${line}`);
      expect(stage.callsSince().sort()).toEqual([...answer].sort());
      expect(card.actions.includes('change.confirm')).toBe(confirm !== undefined);
      if (!confirm) return;
      await zhou.presses(card, 'change.confirm');
      expect(card.template).toBe('green');
      expect(stage.callsSince()).toEqual(confirm);
    });
  }
});

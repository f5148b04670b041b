import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SKILLS } from 'local-feishu/helpdesk';
import { z } from 'zod';
import { COMMANDS } from '../../src/commands/registry.ts';
import { postRaw } from '../support/post.ts';
import type { ShownCard } from '../support/shownCard.ts';
import { type Actor, type Stage, startStage, until } from '../support/story.ts';

const VIP = '6941215891786825756';
const DOWN = { type: 'status', status: 500, code: 155000 } as const;
const Line = z.looseObject({ msg: z.string(), delivery: z.string().optional(), change: z.string().optional() });
type Line = z.infer<typeof Line>;

let stage: Stage;
let lin: Actor;
let waited: ShownCard;
let asked: string;
beforeAll(async () => {
  // Requests that are refused are counted, too.
  stage = await startStage({ transport: 'webhook', env: { METRICS_PORT: '0' } });
  lin = stage.person('admin');
  const { sandbox, bot } = stage;
  const login = await lin.says('/skill rename VIP "Tier 2"');
  await lin.logsIn(login);
  waited = await login.next();
  await lin.presses(waited, 'change.confirm');
  const preview = await lin.says(`/skill add-agent ${VIP} ${lin.openId}`);
  asked = preview.replyTo ?? '';
  await lin.presses(preview, 'change.cancel');
  await lin.says('/skill hijack ou_somebody 林晓', { chat: 'group' });
  await lin.tells('just talking', { chat: 'group' });
  sandbox.faults.add({ route: `/open-apis/helpdesk/v1/agent_skills/${VIP}`, times: 4, kind: DOWN });
  await lin.says(`/skill show ${VIP}`);
  sandbox.expireAccessToken('admin');
  const { eventId } = await lin.tells('/skill whoami');
  await lin.presses(await lin.says(`/skill rename ${VIP} Other`), 'change.confirm');
  await sandbox.redeliver(eventId);
  await postRaw(bot, '{"encrypt":"AAAA"}');
  await until(() => linesOf().some(({ msg }) => msg === 'delivery known already'));
});
afterAll(() => stage.close());

const linesOf = (): Line[] =>
  stage.bot
    .logs()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => Line.parse(JSON.parse(line)));

const said = (is: (line: Line) => boolean): string[] =>
  linesOf()
    .filter(is)
    .map(({ msg }) => msg);

describe('one id in the log', () => {
  it('leads from a message to the card that answers it', () => {
    const delivery = `message:${asked}`;
    expect(said((line) => line.delivery === delivery)).toEqual([
      'delivery stored',
      'command',
      'called Feishu',
      'change planned',
      'called Feishu',
      'card posted',
      'delivery handled',
    ]);
    expect(linesOf().filter((line) => line.delivery === delivery)).toMatchObject([
      { kind: 'message' },
      { command: 'add-agent' },
      { route: 'GET /open-apis/helpdesk/v1/agent_skills/:id', httpStatus: 200, code: 0, logId: expect.any(String) },
      { intent: 'add-agents', change: expect.any(String) },
      { route: 'POST /open-apis/im/v1/messages/:id/reply', tookMs: expect.any(Number) },
      { messageId: expect.stringMatching(/^om_/) },
      { kind: 'message', tookMs: expect.any(Number) },
    ]);
  });

  it('leads from a click to what was written and to the card that shows it', () => {
    const { delivery, change } =
      linesOf().find(({ msg, status }) => msg === 'change ended' && status === 'applied') ?? {};
    expect(delivery).toMatch(/^action:/);
    const lines = linesOf().filter((line) => line.delivery === delivery);
    expect(lines.map(({ msg, route }) => route ?? msg)).toEqual([
      'delivery stored',
      'GET /open-apis/helpdesk/v1/agent_skills/:id',
      'PATCH /open-apis/helpdesk/v1/agent_skills/:id',
      'GET /open-apis/helpdesk/v1/agent_skills/:id',
      'change ended',
      'card updated by the answer',
      'delivery handled',
    ]);
    expect(lines.filter(({ route }) => route).every((line) => line.change === change)).toBe(true);
    expect(lines.find(({ msg }) => msg.startsWith('card'))?.messageId).toBe(waited.messageId);
  });

  it('leads from a command over a login to what came of it', () => {
    const waiting = String(linesOf().find(({ msg }) => msg === 'waits for a login')?.waiting);
    const continued = said(({ delivery }) => delivery?.startsWith(`continued:${waiting}:`) ?? false);
    expect(continued).toEqual(expect.arrayContaining(['command', 'change planned', 'card posted', 'delivery handled']));
  });

  it('is on a call that failed, with what helps to follow it', () => {
    const failed = linesOf().filter(({ msg, httpStatus }) => msg === 'call to Feishu failed' && httpStatus === 500);
    expect(failed).toMatchObject([
      {
        delivery: expect.stringMatching(/^message:/),
        route: 'GET /open-apis/helpdesk/v1/agent_skills/:id',
        code: 155000,
      },
    ]);
  });

  it('is on what is not for the bot, too', () => {
    const [ignored] = linesOf().filter(({ msg }) => msg === 'nothing to do for this event');
    expect(ignored?.delivery).toMatch(/^message:om_/);
  });
});

describe('the metrics', () => {
  let page: string;
  beforeAll(async () => {
    const port = linesOf().find(({ msg }) => msg === 'metrics server listening')?.port;
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    page = await response.text();
  });

  it('count deliveries, commands, changes, calls and refreshes by what they are', () => {
    for (const sample of [
      'skillbot_deliveries_total{kind="card-action",outcome="stored"} 3',
      'skillbot_deliveries_total{kind="message",outcome="duplicate"} 1',
      'skillbot_deliveries_total{kind="message",outcome="ignored"} 1',
      'skillbot_deliveries_refused_total{reason="undecryptable"} 1',
      'skillbot_deliveries_handled_total{kind="card-action",outcome="done"} 3',
      'skillbot_acknowledgement_seconds_count{kind="card-action"} 3',
      'skillbot_commands_total{command="whoami"} 1',
      'skillbot_commands_total{command="unknown"} 1',
      'skillbot_changes_total{status="applied"} 2',
      'skillbot_changes_total{status="cancelled"} 1',
      'skillbot_feishu_call_seconds_count{route="PATCH /open-apis/helpdesk/v1/agent_skills/:id"} 3',
      'skillbot_feishu_call_errors_total{route="GET /open-apis/helpdesk/v1/agent_skills/:id",kind="unavailable"} 4',
      'skillbot_token_refreshes_total{outcome="ok"} 1',
      'skillbot_inbox_depth 0',
    ]) {
      expect(page.split('\n')).toContain(sample);
    }
  });

  it('know every call that was made', () => {
    expect(page).not.toContain('route="other"');
  });

  it('name no person, chat, message, change or skill, and no word that somebody typed', () => {
    const { sandbox } = stage;
    const people = Object.values(sandbox.people).flatMap(({ openId, name }) => [openId, name]);
    const skills = SKILLS.flatMap(({ id, name }) => [id, name]);
    const typed = ['hijack', 'somebody', 'Tier 2', 'Other', 'just talking'];
    const told = [...people, ...skills, ...typed].filter((word) => page.includes(word));
    expect(told).toEqual([]);
    expect(page).not.toMatch(/\b(o[cmun]_|cli_|t-|ht-|eyJ)\w/);
    const labels = [...page.matchAll(/^skillbot_\w+\{([^}]*)\}/gm)].flatMap(([, all = '']) => all.split(/,(?=\w+=)/));
    const words = new Set(
      labels.filter((label) => !/^(le|route|version)=/.test(label)).map((label) => label.split('"')[1]),
    );
    expect([...words].filter((word) => !/^[a-z]+([_-][a-z]+)*$/.test(word ?? ''))).toEqual([]);
    const commands = labels.flatMap((label) => /^command="(.*)"$/.exec(label)?.[1] ?? []);
    const known = [...COMMANDS.map(({ name }) => name), 'unknown'];
    expect(commands.filter((command) => !known.includes(command))).toEqual([]);
  });

  it('are nothing for those who reach the bot itself', async () => {
    expect((await fetch(`${stage.bot.url}/metrics`)).status).toBe(404);
  });
});

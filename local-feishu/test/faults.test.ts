import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/until.ts';
import type { CallFault } from '../src/index.ts';
import { at, type Json, type Stage, setUp } from './tinyBot.ts';

const SKILLS = '/open-apis/helpdesk/v1/agent_skills';
const INFO = '/open-apis/bot/v3/info';
const VIP = '6941215891786825756';
const REDIRECT = 'http://127.0.0.1:9/callback';

let stage: Stage;
let token: string;
beforeEach(async () => {
  stage = await setUp({ redirectUris: [REDIRECT] });
  token = await userToken();
});
afterEach(() => stage.close());

async function userToken(): Promise<string> {
  const { feishu, call } = stage;
  const { appId, appSecret } = feishu.credentials;
  const scope = 'helpdesk:all offline_access';
  const query = new URLSearchParams({ client_id: appId, response_type: 'code', redirect_uri: REDIRECT, scope });
  const { location } = await feishu.authorize('admin', `${feishu.url}/open-apis/authen/v1/authorize?${query}`);
  const code = new URL(location).searchParams.get('code');
  const client = { client_id: appId, client_secret: appSecret, redirect_uri: REDIRECT };
  const body = { grant_type: 'authorization_code', code, ...client };
  const { json } = await call('POST', '/open-apis/authen/v2/oauth/token', { body });
  return String(at(json, 'access_token'));
}

const patch = (skill: Json) =>
  stage.call('PATCH', `${SKILLS}/${VIP}`, { token, desk: true, body: { agent_skill: skill } });
const nameNow = () => stage.feishu.skill(VIP)?.name;
const arm = (kind: CallFault) => stage.feishu.faults.add({ method: 'PATCH', kind });

/** Sends a PATCH and breaks the connection off once it is under way. */
async function patchAndLeave(skill: Json): Promise<void> {
  const { feishu } = stage;
  const { helpdeskId, helpdeskToken } = feishu.credentials;
  const body = JSON.stringify({ agent_skill: skill });
  const leaving = request(`${feishu.url}${SKILLS}/${VIP}`, {
    method: 'PATCH',
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      authorization: `Bearer ${token}`,
      'x-lark-helpdesk-authorization': Buffer.from(`${helpdeskId}:${helpdeskToken}`).toString('base64'),
    },
  });
  leaving.on('error', () => undefined).end(body);
  await until(() => feishu.calls.all().at(-1)?.method === 'PATCH');
  leaving.destroy();
}

describe('a late effect', () => {
  it('comes after an answer with any status, code and headers', async () => {
    const answer = { type: 'status', status: 500, code: 2200, headers: { 'x-seen': 'yes' } } as const;
    arm({ type: 'late', afterMs: 1_000, answer });
    const { status, headers, json } = await patch({ name: 'Late' });
    expect([status, headers.get('x-seen'), at(json, 'code')]).toEqual([500, 'yes', 2200]);
    expect(nameNow()).toBe('VIP');
    await until(() => nameNow() === 'Late');
    expect(stage.feishu.calls.of(`PATCH ${SKILLS}/:agent_skill_id`)).toMatchObject([
      { fault: 'late', status: 500, code: 2200, late: { status: 200, body: { code: 0 } } },
    ]);
  });

  it('works on the state of its own moment', async () => {
    arm({ type: 'late', afterMs: 1_000, answer: { type: 'drop' } });
    await expect(patch({ name: 'Late' })).rejects.toThrow();
    await patch({ name: 'Early', agent_ids: [] });
    await until(() => nameNow() === 'Late');
    expect(stage.feishu.skill(VIP)?.agentIds).toEqual([]);
    arm({ type: 'late', afterMs: 1_000, answer: { type: 'status', status: 502 } });
    await patch({ name: 'Never' });
    stage.feishu.desk.remove(VIP);
    await until(() => stage.feishu.calls.all().at(-1)?.late !== undefined);
    expect(stage.feishu.calls.all().at(-1)?.late).toMatchObject({ status: 404, body: { code: 154004 } });
  });

  it('comes though nobody is answered', async () => {
    arm({ type: 'late', afterMs: 5, answer: { type: 'hang' } });
    await patchAndLeave({ name: 'Unheard' });
    await until(() => nameNow() === 'Unheard');
  });

  it('does not come when the local Feishu has closed', async () => {
    arm({ type: 'late', afterMs: 60_000, answer: { type: 'status', status: 500 } });
    await patch({ name: 'Never' });
    await stage.feishu.close();
    expect(nameNow()).toBe('VIP');
  });
});

describe('latency', () => {
  it('lets the effect come though the client has gone', async () => {
    arm({ type: 'latency', ms: 300 });
    await patchAndLeave({ name: 'Slow' });
    expect(nameNow()).toBe('VIP');
    await until(() => nameNow() === 'Slow');
  });

  it('holds the answer back after the effect where it is told to', async () => {
    arm({ type: 'latency', ms: 1_000, when: 'after' });
    const patched = patch({ name: 'Done' });
    await until(() => nameNow() === 'Done');
    expect(stage.feishu.calls.all().at(-1)?.status).toBe(0);
    expect((await patched).status).toBe(200);
  });
});

describe('a dripping answer', () => {
  it('comes byte by byte, after the effect', async () => {
    arm({ type: 'drip', everyMs: 1 });
    const { helpdeskId, helpdeskToken } = stage.feishu.credentials;
    const desk = Buffer.from(`${helpdeskId}:${helpdeskToken}`).toString('base64');
    const answer = await fetch(`${stage.feishu.url}${SKILLS}/${VIP}`, {
      method: 'PATCH',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-lark-helpdesk-authorization': desk,
      },
      body: JSON.stringify({ agent_skill: { name: 'Drops' } }),
    });
    expect(nameNow()).toBe('Drops');
    const sizes: number[] = [];
    let text = '';
    for await (const chunk of answer.body ?? []) {
      sizes.push(chunk.length);
      text += new TextDecoder().decode(chunk);
    }
    expect(JSON.parse(text)).toMatchObject({ code: 0 });
    expect(sizes.length).toBeGreaterThan(text.length / 4);
  });

  it('ends with the local Feishu', async () => {
    arm({ type: 'drip', everyMs: 60_000 });
    const dripping = patch({ name: 'Drops' }).catch(String);
    await until(() => nameNow() === 'Drops');
    await stage.feishu.close();
    expect(await dripping).toMatch(/terminated|fetch failed/);
  });
});

describe('a large answer', () => {
  it('has as many bytes as it is told, and is JSON', async () => {
    arm({ type: 'large', bytes: 1_000_000 });
    const { json } = await patch({ name: 'Big' });
    expect(nameNow()).toBe('Big');
    expect(json).toMatchObject({ code: 0, filler: expect.stringMatching(/^x+$/) });
    expect(JSON.stringify(json)).toHaveLength(1_000_000);
  });

  it('may be broken off by who reads it', async () => {
    stage.feishu.faults.add({ route: INFO, kind: { type: 'large', bytes: 500_000_000 } });
    const tenant = await stage.tenantToken();
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${tenant}` };
    const answer = await fetch(`${stage.feishu.url}${INFO}`, { headers, signal: leaving.signal });
    leaving.abort();
    await expect(answer.text()).rejects.toThrow();
    expect((await stage.call('GET', INFO, { token: tenant })).status).toBe(200);
  });
});

describe('the log of effects', () => {
  it('tells what each write did, and of whom', async () => {
    const desk = { token, desk: true };
    const made = await stage.call('POST', SKILLS, { ...desk, body: { name: 'New' } });
    const id = String(at(made.json, 'data.agent_skill_id'));
    await stage.call('PATCH', `${SKILLS}/${id}`, { ...desk, body: { agent_skill: { name: 'Newer' } } });
    await stage.call('PATCH', `${SKILLS}/0`, { ...desk, body: { agent_skill: { name: 'Nowhere' } } });
    await stage.call('DELETE', `${SKILLS}/${id}`, desk);
    const admin = stage.feishu.people.admin.openId;
    const effects = [
      { seq: 1, method: 'POST', skillId: id, userOpenId: admin, after: { name: 'New' } },
      { seq: 2, method: 'PATCH', skillId: id, userOpenId: admin, before: { name: 'New' }, after: { name: 'Newer' } },
      { seq: 3, method: 'DELETE', skillId: id, userOpenId: admin, before: { name: 'Newer' } },
    ];
    expect(stage.feishu.effects.all()).toMatchObject(effects);
    expect((await stage.call('GET', '/sandbox/effects')).json).toMatchObject({ effects });
  });
});

describe('a page instead of an answer', () => {
  it.each([undefined, 403])('is no JSON, and nothing takes effect: status %s', async (status) => {
    arm({ type: 'page', ...(status !== undefined && { status }) });
    const answer = await patch({ name: 'Late' });
    expect(answer.status).toBe(status ?? 200);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.json).toContain('<html>');
    expect(nameNow()).toBe('VIP');
  });
});

describe('a call with a name', () => {
  it('is found by it, in the log of calls and by its effect', async () => {
    const requestId = 'change-1/replica-2';
    await stage.call('PATCH', `${SKILLS}/${VIP}`, {
      token,
      desk: true,
      headers: { 'x-request-id': requestId },
      body: { agent_skill: { name: 'Named' } },
    });
    expect(stage.feishu.effects.all()).toMatchObject([{ requestId }]);
    expect(stage.feishu.calls.all().at(-1)).toMatchObject({ requestId });
  });
});

describe('over the control API', () => {
  it.each<Json>([
    { type: 'latency', ms: 5, when: 'after' },
    { type: 'late', afterMs: 5, answer: { type: 'status', status: 500, code: 1 } },
    { type: 'late', afterMs: 5, answer: { type: 'drop' } },
    { type: 'page' },
    { type: 'page', status: 502 },
    { type: 'drip', everyMs: 5 },
    { type: 'large', bytes: 5 },
  ])('%j is armed', async (kind) => {
    const { status, json } = await stage.call('POST', '/sandbox/faults', { body: { kind } });
    expect([status, at(json, 'faults.0.kind')]).toEqual([200, kind]);
  });

  it.each<Json>([
    { type: 'late', afterMs: 5 },
    { type: 'drip', everyMs: 0 },
    { type: 'large', bytes: -1 },
  ])('%j is refused', async (kind) => {
    expect((await stage.call('POST', '/sandbox/faults', { body: { kind } })).status).toBe(400);
  });
});

import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { CallFault } from 'local-feishu';
import { type Random, systemRandom } from '../../../src/lib/random.ts';
import { TOKEN_KEY } from '../../support/bot.ts';
import { postRaw } from '../../support/post.ts';
import { loginLink, onStage, type Stage } from '../../support/story.ts';
import { pushOf } from './wire.ts';

const FAULTS: readonly CallFault[] = [
  { type: 'latency', ms: 30 },
  { type: 'status', status: 500, code: 2200, msg: 'Internal error' },
  { type: 'status', status: 400, code: 99_991_668, msg: 'Invalid access token' },
  { type: 'status', status: 400, code: 99_991_663, msg: 'Invalid access token' },
  { type: 'status', status: 429, code: 99_991_400, msg: 'rate limited', headers: { 'x-ogw-ratelimit-reset': '1' } },
  { type: 'status', status: 502, body: '<html>bad gateway</html>' },
  { type: 'drop', when: 'before' },
  { type: 'drop', when: 'after' },
  { type: 'malformed' },
];

/** Everything secret that the two sides have told each other, and what they share. */
function secretsOf({ sandbox }: Stage, links: readonly string[], drawn: readonly Buffer[]): Map<string, string> {
  const { appSecret, verificationToken, encryptKey, helpdeskId, helpdeskToken } = sandbox.credentials;
  const secrets = new Map([
    ['app secret', appSecret],
    ['verification token', verificationToken],
    ['encrypt key', encryptKey],
    ['helpdesk token', helpdeskToken],
    ['helpdesk header', Buffer.from(`${helpdeskId}:${helpdeskToken}`).toString('base64')],
    ['key of stored logins', TOKEN_KEY],
    ['key of stored logins, in bytes', Buffer.from(TOKEN_KEY, 'base64').toString('utf8')],
  ]);
  for (const [at, link] of links.entries()) {
    const url = new URL(link);
    const ticket = /^\/oauth\/login\/(.+)$/.exec(url.pathname)?.[1];
    if (ticket) secrets.set(`ticket ${at}`, ticket);
    for (const name of ['state', 'code', 'code_challenge']) {
      const value = url.searchParams.get(name);
      if (value) secrets.set(`${name} ${at}`, value);
    }
  }
  for (const [at, bytes] of drawn.entries()) {
    const text = bytes.toString('base64url');
    // The lengths of a tenant token, of an authorisation code, and of a user or refresh token.
    if (bytes.length === 20) secrets.set(`tenant token ${at}`, `t-${bytes.toString('hex')}`);
    if (bytes.length === 48) secrets.set(`issued code ${at}`, text);
    if (bytes.length === 880) secrets.set(`user token ${at}`, text.slice(0, 64));
  }
  return secrets;
}

/** Randomness that remembers what it gave: the sandbox makes all its secrets of it. */
function remembering(drawn: Buffer[]): Random {
  return {
    bytes(length) {
      const bytes = systemRandom.bytes(length);
      drawn.push(bytes);
      return bytes;
    },
  };
}

/** Which of the secrets a text holds, as they are, URL-encoded, in base64 or in hex. */
function told(text: string, secrets: ReadonlyMap<string, string>): string[] {
  return [...secrets].flatMap(([name, secret]) => {
    const forms = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('hex'),
    ];
    return forms.some((form) => text.includes(form)) ? [name] : [];
  });
}

async function filesOf(databaseUrl: string): Promise<string> {
  const directory = dirname(databaseUrl.replace('file:', ''));
  const files = await Promise.all((await readdir(directory)).map((name) => readFile(join(directory, name), 'latin1')));
  return files.join('\n');
}

it('nothing secret gets into the log or the database, whatever goes wrong, at the level trace', async () => {
  const drawn: Buffer[] = [];
  await onStage({ env: { LOG_LEVEL: 'trace' }, sandbox: { random: remembering(drawn) } }, async (stage) => {
    const { sandbox, bot } = stage;
    const lin = stage.person('admin');
    const links: string[] = [];
    const logIn = async () => {
      const card = await lin.says('/skill login');
      const link = loginLink(sandbox, card);
      const opened = await fetch(link, { redirect: 'manual' });
      const authorize = opened.headers.get('location') ?? '';
      const { location } = await sandbox.authorize('admin', authorize);
      links.push(link, authorize, location);
      return fetch(location);
    };

    expect((await logIn()).status).toBe(200);
    for (const kind of FAULTS) {
      sandbox.faults.add({ route: '/open-apis/authen/v2/oauth/token', kind });
      await logIn();
      sandbox.faults.add({ route: '/open-apis/authen/v1/user_info', kind });
      await logIn();
      sandbox.faults.clear();
    }
    expect((await logIn()).status).toBe(200);
    for (const [at, kind] of FAULTS.entries()) {
      sandbox.expireTenantToken();
      sandbox.faults.add({ route: '/open-apis/auth/v3/tenant_access_token/internal', kind });
      await lin.says('/skill show VIP');
      sandbox.faults.add({ method: 'GET', route: /agent_skills/, kind });
      const preview = await lin.says(`/skill rename 6941215891786825756 "Name ${at}"`);
      if (!preview.actions.includes('change.confirm')) continue;
      sandbox.expireAccessToken('admin');
      sandbox.faults.add({ route: '/open-apis/authen/v2/oauth/token', kind });
      sandbox.faults.add({ method: 'PATCH', route: /agent_skills/, kind });
      sandbox.faults.add({ route: '/open-apis/interactive/v1/card/update', kind });
      await sandbox.click('admin', preview.messageId, { action: 'change.confirm' });
      sandbox.faults.clear();
    }
    sandbox.spendRefreshToken('admin');
    sandbox.expireAccessToken('admin');
    await lin.says('/skill rename 6941215891786825756 Last');
    for (const body of [
      '{',
      '{"encrypt":"AAAA"}',
      pushOf(sandbox, { token: sandbox.credentials.verificationToken }).body,
    ]) {
      await postRaw(bot, body);
    }
    await fetch(`${bot.url}/oauth/callback?state=made-up&code=made-up`);
    await delay(200);

    const secrets = secretsOf(stage, links, drawn);
    for (const kind of ['tenant token', 'user token', 'issued code', 'code', 'ticket', 'state']) {
      expect([kind, [...secrets.keys()].some((name) => name.startsWith(kind))]).toEqual([kind, true]);
    }
    expect(secrets.size).toBeGreaterThan(80);
    expect(bot.logs().split('\n').length).toBeGreaterThan(50);
    expect(told(bot.logs(), secrets)).toEqual([]);
    expect(told(await filesOf(stage.databaseUrl), secrets)).toEqual([]);
  });
});

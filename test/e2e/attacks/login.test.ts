import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PersonKey } from 'local-feishu';
import type { ShownCard } from '../../support/shownCard.ts';
import { type Actor, loginLink, type Stage, startStage } from '../../support/story.ts';
import { traces } from './wire.ts';

const AT_ONCE = 20;
const EVIL = 'https://evil.example/';

let stage: Stage;
let victim: Actor;
let thief: Actor;

beforeAll(async () => {
  stage = await startStage();
  victim = stage.person('admin');
  thief = stage.person('owner');
});
beforeEach(async () => {
  stage.reset();
  for (const key of ['admin', 'owner', 'employee'] as const) await stage.person(key).says('/skill logout');
});
afterAll(() => stage.close());

const isLoggedIn = async (key: PersonKey): Promise<boolean> =>
  (await stage.person(key).says('/skill whoami')).title === 'Logged in';

const open = (link: string): Promise<Response> =>
  fetch(link, { redirect: 'manual', headers: { 'accept-language': 'en' } });

/** Opens a login link and gives the address of Feishu's page. */
async function opened(card: ShownCard): Promise<string> {
  const answer = await open(loginLink(stage.sandbox, card));
  expect(answer.status).toBe(302);
  return answer.headers.get('location') ?? '';
}

/** Goes from a login card to the address with which Feishu sends `who` back; that address is not opened. */
async function wayBack(card: ShownCard, who: PersonKey): Promise<string> {
  return (await stage.sandbox.authorize(who, await opened(card))).location;
}

const claimsSuccess = (page: string): boolean => /logged in|登录成功/i.test(page);

describe('a stolen login link', () => {
  it.each(['owner', 'employee'] as const)('lets %s in neither as themselves nor as the one who asked', async (who) => {
    for (const chat of ['group', 'p2p'] as const) {
      const card = await victim.says('/skill rename VIP Mine', { chat });
      const page = await stage.person(who).logsIn(card, 'agree', 'en');
      expect(page.status).toBe(403);
      expect(claimsSuccess(page.body)).toBe(false);
    }
    expect([await isLoggedIn('admin'), await isLoggedIn(who)]).toEqual([false, false]);
    expect((await traces(stage)).grants).toBe(0);
    expect(stage.patches()).toEqual([]);
  });

  it('does not let the one who asked be logged in as the thief: the way back of one belongs to one only', async () => {
    const mine = await wayBack(await thief.says('/skill login'), 'owner');
    // The thief makes the victim open the last step of a login of the thief.
    expect((await open(mine)).status).toBe(200);
    expect([await isLoggedIn('admin'), await isLoggedIn('owner')]).toEqual([false, true]);
  });

  it('that the victim is made to agree to gives the thief nothing', async () => {
    const link = await thief.says('/skill login');
    const page = await victim.logsIn(link, 'agree', 'en');
    expect(page.status).toBe(403);
    expect([await isLoggedIn('admin'), await isLoggedIn('owner')]).toEqual([false, false]);
    const change = await thief.says('/skill rename VIP Stolen');
    expect(change.title).toBe('Please log in');
  });

  it('is over once it was opened: the one who asked sees that, and gets a new one', async () => {
    const card = await victim.says('/skill login', { chat: 'group' });
    await opened(card);
    expect((await open(loginLink(stage.sandbox, card))).status).toBe(400);
    expect((await victim.logsIn(await victim.says('/skill login'))).status).toBe(200);
  });
});

describe('the parts of two logins', () => {
  const part = (location: string, name: string): string => new URL(location).searchParams.get(name) ?? '';
  const callback = (parts: Record<string, string>): string =>
    `${stage.bot.url}/oauth/callback?${new URLSearchParams(parts)}`;

  it('cannot be mixed: the code of one with the state of the other', async () => {
    const mine = await wayBack(await thief.says('/skill login'), 'owner');
    const theirs = await wayBack(await victim.says('/skill login'), 'admin');
    for (const [code, state] of [
      [part(mine, 'code'), part(theirs, 'state')],
      [part(theirs, 'code'), part(mine, 'state')],
    ]) {
      const page = await open(callback({ code: code ?? '', state: state ?? '' }));
      expect(page.status).toBe(400);
      expect(claimsSuccess(await page.text())).toBe(false);
    }
    expect((await traces(stage)).grants).toBe(0);
  });

  it('cannot be made up, repeated or left out', async () => {
    const good = await wayBack(await victim.says('/skill login'), 'admin');
    const [code, state] = [part(good, 'code'), part(good, 'state')];
    const tries = [
      callback({ code, state: `${state}x` }),
      callback({ code, state: state.slice(1) }),
      callback({ code, state: state.toUpperCase() }),
      callback({ code, state: '' }),
      callback({ code, state: "' or 1=1 --" }),
      callback({ code, state: '%' }),
      callback({ code, 'state[]': state }),
      callback({ code, '__proto__[state]': state }),
      callback({ code }),
      `${stage.bot.url}/oauth/callback?state=x&state=${state}&code=${code}`,
      `${stage.bot.url}/oauth/callback?%`,
      `${stage.bot.url}/oauth/callback?state=%ff%fe`,
    ];
    for (const address of tries) expect((await open(address)).status).toBe(400);
    expect((await traces(stage)).grants).toBe(0);
    expect((await open(good)).status).toBe(200);
  });
});

describe('the same part at the same time', () => {
  it(`lets one of ${AT_ONCE} open a link`, async () => {
    const link = loginLink(stage.sandbox, await victim.says('/skill login'));
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => open(link)));
    expect(answers.filter(({ status }) => status === 302)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(AT_ONCE - 1);
  });

  it(`lets one of ${AT_ONCE} come back from Feishu, and asks for one token only`, async () => {
    const good = await wayBack(await victim.says('/skill login'), 'admin');
    stage.callsSince();
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => open(good)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(AT_ONCE - 1);
    expect(stage.callsSince().filter((call) => call === 'POST /authen/v2/oauth/token')).toHaveLength(1);
  });
});

describe('where a login leads', () => {
  it('is said by the configuration and never by the one who asks', async () => {
    const link = loginLink(stage.sandbox, await victim.says('/skill login'));
    const query = new URLSearchParams({ redirect_uri: EVIL, next: EVIL, url: EVIL, return_to: EVIL });
    const answer = await fetch(`${link}?${query}`, {
      redirect: 'manual',
      headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', referer: EVIL },
    });
    const location = new URL(answer.headers.get('location') ?? '');
    expect(location.origin).toBe(stage.sandbox.url);
    expect(location.searchParams.get('redirect_uri')).toBe(`${stage.bot.url}/oauth/callback`);
    expect(location.href).not.toContain('evil');
  });

  it.each([
    '/oauth/login//evil.example',
    '//evil.example/oauth/login/x',
    '/oauth/login/https:%2f%2fevil.example',
    '/oauth/login/..%2f..',
  ])('is nowhere for %s', async (path) => {
    const answer = await open(stage.bot.url + path);
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers.get('location')).toBeNull();
  });
});

describe('the page that ends a login', () => {
  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    '</title></style><svg onload=alert(1)>',
    '{{7*7}}<%= 7 %>',
    '&lt;b&gt;',
    '\u202e<b>',
  ])('shows the name %j as text', async (name) => {
    const person = stage.sandbox.people.admin;
    const real = person.name;
    person.name = name;
    try {
      const page = await victim.logsIn(await victim.says('/skill login'), 'agree', 'en');
      expect(page.status).toBe(200);
      const inside = /<p>(.*?)<\/p>/s.exec(page.body)?.[1] ?? '';
      expect(inside).not.toMatch(/[<>"']/);
      expect(page.body.match(/<\/?(script|img|svg|b)\b/gi)).toBeNull();
      expect(inside.match(/&(?!(amp|lt|gt|quot|#39);)/)).toBeNull();
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
      expect(page.headers['content-security-policy']).not.toContain('script-src');
    } finally {
      person.name = real;
    }
  });

  it('shows nothing of its address', async () => {
    const xss = encodeURIComponent('<script>alert(1)</script>');
    for (const path of [
      `/oauth/callback?state=${xss}&error=${xss}&error_description=${xss}`,
      `/oauth/login/${xss}`,
      `/${xss}`,
    ]) {
      expect(await (await open(stage.bot.url + path)).text()).not.toMatch(/<script|alert/);
    }
  });

  it('does not say what Feishu answered', async () => {
    const message = '<script>alert(1)</script> secret-detail';
    stage.sandbox.faults.add({
      route: '/open-apis/authen/v2/oauth/token',
      kind: {
        type: 'status',
        status: 400,
        code: 20003,
        msg: message,
        body: { code: 20003, error_description: message },
      },
    });
    const page = await victim.logsIn(await victim.says('/skill login'), 'agree', 'en');
    expect(page.status).toBe(400);
    expect(page.body).not.toMatch(/script|secret-detail/);
  });
});

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createGrants, type Grants } from '../../src/auth/grants.ts';
import { OpenId } from '../../src/domain/ids.ts';
import { createHttp } from '../../src/feishu/http.ts';
import { createOAuth, type OAuth } from '../../src/feishu/oauth.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { NO_METRICS } from '../../src/lib/metrics.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { ManualClock } from '../support/clock.ts';
import { QUICK } from '../support/feishu.ts';
import { type LocalFeishu, startLocalFeishu } from '../support/localFeishu.ts';
import { DAY, loginNeedOf, vault } from './setup.ts';

const REDIRECT = 'http://127.0.0.1:9/oauth/callback';
const VERIFIER = 'v'.repeat(43);
const TOKEN = 'POST /open-apis/authen/v2/oauth/token';

let clock: ManualClock;
let sandbox: LocalFeishu;
let store: Store;
let http: ReturnType<typeof createHttp>;
let oauth: OAuth;
let grants: Grants;
let admin: OpenId;

beforeEach(async () => {
  clock = new ManualClock();
  sandbox = await startLocalFeishu({ clock, redirectUris: [REDIRECT] });
  const logger = createLogger('silent');
  store = await openStore('file::memory:', logger);
  http = createHttp(QUICK, { clock: systemClock, random: () => 0.5 });
  const { appId, appSecret } = sandbox.credentials;
  oauth = createOAuth({ app: { appId, appSecret, baseUrl: sandbox.url, accountsUrl: sandbox.url }, http, clock });
  grants = createGrants({ store, vault, oauth, clock, logger, metrics: NO_METRICS, worker: 'worker' });
  admin = OpenId.parse(sandbox.people.admin.openId);
  await logsIn();
});
afterEach(async () => {
  http.close();
  await store.close();
  await sandbox.close();
});

async function logsIn(): Promise<void> {
  const address = await oauth.authorizeUrl({ redirectUri: REDIRECT, state: 's', verifier: VERIFIER });
  const query = new URL((await sandbox.authorize('admin', address)).location).searchParams;
  const tokens = await oauth.exchange({ redirectUri: REDIRECT, query, state: 's', verifier: VERIFIER });
  const sealed = await grants.seal(admin, tokens);
  await store.grants.save({ openId: admin, name: 'Lin', grantedAt: clock.now(), ...sealed });
}

/** Somebody who uses the bot now: what Feishu says of the token that they act with. */
const whoActs = () => grants.actAs(admin, (token) => oauth.whoIs(token)).then(({ openId }) => openId);

it('an admin who uses the bot once a month logs in once a year, which is Feishu’s own limit', async () => {
  for (let day = 1; day < 365; day += 1) {
    clock.advance(DAY);
    await grants.keepAlive();
    if (day % 30 === 0) expect(await whoActs()).toBe(admin);
  }
  expect(await whoActs()).toBe(admin);
  expect(sandbox.calls.of(TOKEN).filter(({ status }) => status !== 200)).toEqual([]);

  clock.advance(DAY);
  await grants.keepAlive();
  expect(await loginNeedOf(whoActs())).toBe('dead');
  await logsIn();
  expect(await whoActs()).toBe(admin);
});

it('a bot that was away for two days, or whose Feishu was, costs nobody a login', async () => {
  for (let week = 0; week < 4; week += 1) {
    const down = sandbox.faults.add({ route: TOKEN.slice(5), times: 1_000, kind: { type: 'status', status: 503 } });
    clock.advance(4 * DAY);
    for (let hour = 0; hour < 3; hour += 1) await grants.keepAlive();
    clock.advance(2 * DAY);
    down.remove();
    await grants.keepAlive();
    expect(await whoActs()).toBe(admin);
  }
});

it.each([-3, 3])(
  'a bot whose clock is %i minutes off acts all the same, and refreshes once when it has to',
  async (minutes) => {
    const off = {
      now: () => clock.now() + minutes * 60_000,
      elapsed: () => clock.elapsed(),
      sleep: clock.sleep.bind(clock),
    };
    const logger = createLogger('silent');
    grants = createGrants({ store, vault, oauth, clock: off, logger, metrics: NO_METRICS, worker: 'off' });
    clock.advance(2 * 3_600_000 + 1_000);
    const before = sandbox.calls.of(TOKEN).length;
    expect(await whoActs()).toBe(admin);
    expect(sandbox.calls.of(TOKEN).length - before).toBe(1);
  },
);

import { LoginError, LoginNeeded } from '../../src/auth/errors.ts';
import { createGrants, type Grants } from '../../src/auth/grants.ts';
import type { Vault } from '../../src/auth/vault.ts';
import { createVault } from '../../src/auth/vault.ts';
import type { WaitingRequest } from '../../src/domain/delivery.ts';
import { ChatId, MessageId, OpenId } from '../../src/domain/ids.ts';
import type { UserTokens } from '../../src/feishu/tokenEndpoint.ts';
import { type Metrics, NO_METRICS } from '../../src/lib/metrics.ts';
import type { GrantRecord } from '../../src/store/grants.ts';
import type { Store } from '../../src/store/store.ts';
import type { FakeServer, Reply } from '../support/fakeServer.ts';
import { type FakeFeishu, TOKEN_ROUTE } from '../support/feishu.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const TOM = OpenId.parse('ou_ea651a5c09e2d01af8acd34059f5359b');
export const ZHANG = OpenId.parse('ou_c99c5f35d542efc7ee492afe11af19ef');

export const CHAT = ChatId.parse('oc_84983ff6516d731e5b5f68d4ea2e1da5');
export const CARD = MessageId.parse('om_card');

export const KEY = Buffer.alloc(32, 7);
export const vault: Vault = createVault([KEY]);

export const grantsOn = (
  feishu: FakeFeishu,
  store: Store,
  worker = 'worker-1',
  with_ = vault,
  metrics: Metrics = NO_METRICS,
): Grants =>
  createGrants({
    store,
    vault: with_,
    oauth: feishu.oauth,
    clock: feishu.clock,
    logger: feishu.logs.logger,
    worker,
    metrics,
  });

/** The `n`th pair of tokens of a person, fresh at `now`. */
export const tokensAt = (now: number, n = 0): UserTokens => ({
  access: `access-secret-${n}`,
  accessExpiresAt: now + 2 * HOUR,
  refresh: `refresh-secret-${n}`,
  refreshExpiresAt: now + 7 * DAY,
  scopes: ['helpdesk:all', 'offline_access'],
});

/** Stores a login of a person as if it had just succeeded; `difference` is what is special about its tokens. */
export async function logIn(
  feishu: FakeFeishu,
  store: Store,
  openId: OpenId,
  difference: Partial<UserTokens> = {},
): Promise<GrantRecord> {
  const now = feishu.clock.now();
  const sealed = await grantsOn(feishu, store).seal(openId, { ...tokensAt(now), ...difference });
  await store.grants.save({ openId, name: 'Tom Li', grantedAt: now, ...sealed });
  return grantOf(store, openId);
}

/** The stored grant of a person; throws when there is none. */
export async function grantOf(store: Store, openId: OpenId): Promise<GrantRecord> {
  const grant = await store.grants.get(openId);
  if (!grant) throw new Error(`${openId} has no grant`);
  return grant;
}

/** What user_info says of whom a token belongs to. */
export const personAnswer = (openId: OpenId, name = 'Tom Li'): Reply => ({
  json: { code: 0, msg: 'success', data: { name, open_id: openId, union_id: 'on_1', tenant_key: 't' } },
});

/** A request that can wait for a login. */
export const request = (n: number, actorId: OpenId = TOM): WaitingRequest => ({
  kind: 'message',
  messageId: MessageId.parse(`om_${n}`),
  chatId: CHAT,
  chatType: 'p2p',
  actorId,
  text: `/skill rename ${n} "VIP"`,
  mentions: [],
});

export const tokenAnswer = (n: number): { json: object } => ({
  json: {
    code: 0,
    access_token: `access-secret-${n}`,
    expires_in: 7200,
    refresh_token: `refresh-secret-${n}`,
    refresh_token_expires_in: 604800,
    scope: 'helpdesk:all offline_access',
    token_type: 'Bearer',
  },
});

export const tokenRefusal = (code: number, status = 400): Reply => ({
  status,
  json: { code, error: 'invalid_grant', error_description: `refused with ${code}` },
});

/**
 * Refresh tokens as Feishu has them: each works once and leads to the next one, which begins at number 1; a used one is
 * refused with 20073.
 */
export function rotateTokens(server: FakeServer, afterMs = 0): void {
  let n = 0;
  server.on(TOKEN_ROUTE, ({ form }) => {
    if (form.get('refresh_token') !== `refresh-secret-${n}`) return tokenRefusal(20073);
    n += 1;
    return { ...tokenAnswer(n), afterMs };
  });
}

/** The refresh tokens that were sent, in order. */
export const refreshed = (server: FakeServer): (string | null)[] =>
  server.sent(TOKEN_ROUTE).map(({ form }) => form.get('refresh_token'));

/** Why `work` wants a login; anything else, success included, fails the test. */
export async function loginNeedOf(work: Promise<unknown>): Promise<string> {
  return (await rejectionOf(work, (error) => error instanceof LoginNeeded)).need;
}

/** Why a login did not succeed; anything else, success included, fails the test. */
export async function loginFaultOf(work: Promise<unknown>): Promise<string> {
  return (await rejectionOf(work, (error) => error instanceof LoginError)).fault;
}

export async function rejectionOf<E>(work: Promise<unknown>, is: (error: unknown) => error is E): Promise<E> {
  try {
    await work;
  } catch (error) {
    if (is(error)) return error;
    throw error;
  }
  throw new Error('this was to fail, and did not');
}

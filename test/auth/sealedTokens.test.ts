import { beforeEach, describe, expect, it } from '@jest/globals';
import { createSealedTokens, type SealedTokens } from '../../src/auth/sealedTokens.ts';
import type { OpenId } from '../../src/domain/ids.ts';
import type { GrantRecord } from '../../src/store/grants.ts';
import { ManualClock } from '../support/clock.ts';
import { MINUTE, TOM, tokensAt, vault, ZHANG } from './setup.ts';

let clock: ManualClock;
let tokens: SealedTokens;
/** The sealed texts that the vault was asked to open. */
let opened: string[];

beforeEach(() => {
  clock = new ManualClock();
  opened = [];
  const watched = {
    seal: vault.seal,
    open: (subject: string, sealed: string) => {
      opened.push(sealed);
      return vault.open(subject, sealed);
    },
  };
  tokens = createSealedTokens(watched, clock);
});

const grant = async (openId: OpenId = TOM, n = 0): Promise<GrantRecord> => ({
  openId,
  name: '',
  grantedAt: clock.now(),
  deadReason: undefined,
  refreshInDoubt: false,
  ...(await tokens.seal(openId, tokensAt(clock.now(), n))),
});

describe('tokens that were opened', () => {
  it('are at hand for ten minutes', async () => {
    const stored = await grant();
    const first = await tokens.openAgain(stored);
    expect(first).toEqual({ access: 'access-secret-0', refresh: 'refresh-secret-0' });
    clock.advance(10 * MINUTE - 1);
    expect(await tokens.openAgain(stored)).toEqual(first);
    expect(opened).toHaveLength(1);
    clock.advance(1);
    expect(await tokens.openAgain(stored)).toEqual(first);
    expect(opened).toHaveLength(2);
  });

  it('give way to newer ones at once', async () => {
    await tokens.openAgain(await grant());
    expect(await tokens.openAgain(await grant(TOM, 1))).toMatchObject({ access: 'access-secret-1' });
  });

  it('are nobody else’s', async () => {
    const stored = await grant();
    await tokens.openAgain(stored);
    expect(await tokens.openAgain({ ...stored, openId: ZHANG })).toBeUndefined();
    expect(await tokens.openAgain(stored)).toMatchObject({ access: 'access-secret-0' });
  });

  it('are forgotten by tidying up when their time is over, and not before', async () => {
    const [old, recent] = [await grant(TOM), await grant(ZHANG)];
    await tokens.openAgain(old);
    clock.advance(9 * MINUTE);
    await tokens.openAgain(recent);
    clock.advance(MINUTE);
    tokens.tidy();
    // Back in time: what is still at hand would be taken.
    clock.advance(-MINUTE);
    await tokens.openAgain(recent);
    expect(opened).toEqual([old.tokens, recent.tokens]);
    await tokens.openAgain(old);
    expect(opened).toEqual([old.tokens, recent.tokens, old.tokens]);
  });

  it('are opened anew where it is asked whether a key opens them', async () => {
    const stored = await grant();
    await tokens.openAgain(stored);
    await tokens.open(stored);
    expect(opened).toHaveLength(2);
  });
});

import { z } from 'zod';
import type { OpenId } from '../domain/ids.ts';
import type { UserTokens } from '../feishu/tokenEndpoint.ts';
import type { Clock } from '../lib/clock.ts';
import type { GrantRecord, RefreshedTokens } from '../store/grants.ts';
import type { Vault } from './vault.ts';

const Opened = z.object({ access: z.string(), refresh: z.string().optional() });
export type OpenedTokens = z.infer<typeof Opened>;

/** From a preview to its Confirm. */
const AT_HAND_MS = 10 * 60_000;

/** Stored tokens, into the form in which they are stored and out of it. */
export interface SealedTokens {
  seal(openId: OpenId, tokens: UserTokens): Promise<RefreshedTokens>;
  /** Undefined when no key opens them. */
  open(grant: GrantRecord): Promise<OpenedTokens | undefined>;
  /** The same, at once when it was done within the last minutes: somebody who is shown a preview is about to confirm. */
  openAgain(grant: GrantRecord): Promise<OpenedTokens | undefined>;
  /** Forgets what was opened longer ago than that. */
  tidy(): void;
}

interface AtHand {
  sealed: string;
  opened: OpenedTokens;
  until: number;
}

export function createSealedTokens(vault: Vault, clock: Clock): SealedTokens {
  const atHand = new Map<OpenId, AtHand>();

  const open = async (grant: GrantRecord): Promise<OpenedTokens | undefined> => {
    const text = await vault.open(grant.openId, grant.tokens);
    return text === undefined ? undefined : Opened.parse(JSON.parse(text));
  };

  return {
    async seal(openId, { access, refresh, accessExpiresAt, refreshExpiresAt }) {
      return {
        tokens: await vault.seal(openId, JSON.stringify({ access, refresh })),
        accessExpiresAt,
        refreshExpiresAt,
      };
    },
    open,
    async openAgain(grant) {
      const { openId, tokens: sealed } = grant;
      const known = atHand.get(openId);
      if (known?.sealed === sealed && known.until > clock.elapsed()) return known.opened;
      const opened = await open(grant);
      if (opened) atHand.set(openId, { sealed, opened, until: clock.elapsed() + AT_HAND_MS });
      return opened;
    },
    tidy() {
      for (const [openId, { until }] of atHand) if (until <= clock.elapsed()) atHand.delete(openId);
    },
  };
}

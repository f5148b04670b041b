import type { Ids } from './ids.ts';

/** What the app has and a bot is configured with. */
export interface Credentials {
  appId: string;
  appSecret: string;
  verificationToken: string;
  /** Empty: pushes go out in clear and unsigned. */
  encryptKey: string;
}

/** Credentials of the right shape; `given` wins. */
export const createCredentials = (ids: Ids, given: Partial<Credentials> = {}): Credentials => ({
  appId: `cli_${ids.hex(16)}`,
  appSecret: ids.hex(32),
  verificationToken: ids.hex(32),
  encryptKey: ids.hex(32),
  ...given,
});

import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import type { Logger } from './logger.ts';
import type { ClientConfig } from './longConnection/types.ts';
import type { Limits } from './pushes/limits.ts';
import type { Random } from './random.ts';
import type { GroupSeed } from './state/chats.ts';
import type { Bot, Member, PersonSeed } from './state/directory.ts';

/** What a local Feishu is made of, but for its plug-ins and where it listens. */
export interface CoreOptions<Key extends string = string> {
  /** Who types, clicks and logs in, by key. Default: an admin, an owner and an employee. */
  people?: Readonly<Record<Key, PersonSeed>>;
  /** Who has an account too, and is only talked about. Default: four. */
  members?: readonly Member[];
  /** Groups, the first of which is `group`; direct chats are there anyway. Default: one with everybody in it. */
  chats?: readonly GroupSeed[];
  /** The bot, as people see it. */
  bot?: Partial<Bot>;
  /** What is not given is made at random, in the platform's shape. */
  credentials?: Partial<Credentials>;
  /** Runs token expiry, rate limits and the redelivery ladder. */
  clock?: Clock;
  random?: Random;
  logger?: Logger;
  /** Redelivery ladder in milliseconds; default 15 s, 5 min, 1 h, 6 h. */
  retryDelaysMs?: number[];
  /** Default 3000 and 1000. */
  limits?: Partial<Limits>;
  /** Default 7200. */
  accessTokenSeconds?: number;
  /** Default 604800. */
  refreshTokenSeconds?: number;
  /** How long a device login can be decided; default 240. */
  deviceCodeSeconds?: number;
  /** The shortest pause between two questions about a device login; default 5. */
  devicePollSeconds?: number;
  /** Registered redirect URLs; can be changed later in `settings`. */
  redirectUris?: string[];
  /** User scopes that are enabled on the app; default offline_access, and what plug-ins have. */
  grantedUserScopes?: string[];
  /** How clients of the long connection are to behave. */
  clientConfig?: Partial<ClientConfig>;
  /** `blank`: an app that nobody has configured or released yet. Default `configured`. */
  app?: 'configured' | 'blank';
  /** How long a QR code for a new app can be scanned; default 600. */
  registrationSeconds?: number;
}

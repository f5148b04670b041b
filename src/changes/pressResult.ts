import type { LoginNeeded } from '../auth/errors.ts';
import type { Change, Failure } from '../domain/change.ts';
import type { Standing } from './cards.ts';

/** What pressing a button of a change led to. */
export type PressResult =
  | ({ kind: 'shows' } & Standing)
  /** Somebody else's button: nothing happened. */
  | { kind: 'foreign' }
  | { kind: 'no-such-change' }
  /** Nothing was written; after a login the change can be planned again. */
  | { kind: 'login-needed'; change: Change; need: LoginNeeded['need'] }
  /** Nothing was written, the preview stands. */
  | { kind: 'trouble'; failure: Failure };

/** What a change that was written is shown as. */
export type Ended = Extract<PressResult, { kind: 'shows' | 'login-needed' }>;

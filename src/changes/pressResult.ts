import type { LoginNeeded } from '../auth/errors.ts';
import type { Change, Failure } from '../domain/change.ts';
import type { ChangeId } from '../domain/ids.ts';

/** What pressing a button of a change led to. */
export type PressResult =
  /** The change as it now is; `next` is the fresh preview that a conflict led to, `undoneBy` what took it back. */
  | { kind: 'shows'; change: Change; next?: Change | undefined; undoneBy?: ChangeId | undefined }
  /** Somebody else's button: nothing happened. */
  | { kind: 'foreign' }
  | { kind: 'no-such-change' }
  /** Nothing was written; after a login the change can be planned again. */
  | { kind: 'login-needed'; change: Change; need: LoginNeeded['need'] }
  /** Nothing was written, the preview stands. */
  | { kind: 'trouble'; failure: Failure };

/** What a change that was written is shown as. */
export type Ended = Extract<PressResult, { kind: 'shows' | 'login-needed' }>;

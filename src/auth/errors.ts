/**
 * Why somebody has to log in (again).
 * - `no-grant`: there is no login; `unreadable`: no key opens it
 * - `dead`: it works no more; `scope-missing`: it cannot write the helpdesk
 * - `not-renewable`: it has run out, and Feishu does not let the app renew it
 */
export type LoginNeed = 'no-grant' | 'dead' | 'unreadable' | 'scope-missing' | 'not-renewable';

/** The bot cannot act for this person until they log in. */
export class LoginNeeded extends Error {
  readonly code = 'login_needed';
  readonly need: LoginNeed;

  constructor(need: LoginNeed) {
    super(`a login is needed: ${need}`);
    this.name = 'LoginNeeded';
    this.need = need;
  }
}

/**
 * Why a login did not succeed.
 * - `ticket`: the link is used, expired or unknown; `state`: the same of the way back
 * - `refused`: the person did not agree
 * - `other-person`: somebody else than the one who asked agreed; nothing of theirs was kept
 * - `scope-missing`: the person agreed, but not to what it takes to write the helpdesk; nothing was kept
 * - `feishu`: Feishu gave no token; see `cause`
 */
export type LoginFault = 'ticket' | 'state' | 'refused' | 'other-person' | 'scope-missing' | 'feishu';

export class LoginError extends Error {
  readonly code = 'login_failed';
  readonly fault: LoginFault;

  constructor(fault: LoginFault, cause?: unknown) {
    super(`the login failed: ${fault}`, cause === undefined ? {} : { cause });
    this.name = 'LoginError';
    this.fault = fault;
  }
}

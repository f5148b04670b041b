import type { Settings } from '../settings.ts';
import type { Grants } from '../state/grants.ts';
import type { TenantTokens } from '../state/tenantTokens.ts';
import { type Answer, failure } from './answers.ts';

/** Which credentials an endpoint wants. */
export interface Needs {
  token: 'none' | 'tenant' | 'user' | 'either';
  /** Any of these scopes. */
  scopes?: string[];
  /** What a product asks for beside the token. Gives the refusal, if there is one. */
  also?(headers: RequestHeaders): Answer | undefined;
}

export interface Presented {
  token: string | undefined;
  kind: 'tenant' | 'user' | 'none';
}

export interface AccessParts {
  settings: Settings;
  tenantTokens: TenantTokens;
  grants: Grants;
}

const INVALID = 'Invalid access token for authorization. Please make a request with token attached.';
const NOT_ATTACHED = 'Missing access token for authorization. Please make a request with token attached.';

export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Reads the token of a request. */
export function presented(headers: RequestHeaders): Presented {
  const authorization = headers.authorization;
  const token = typeof authorization === 'string' ? /^Bearer (\S+)$/.exec(authorization)?.[1] : undefined;
  return {
    token,
    kind: token === undefined ? 'none' : token.startsWith('t-') ? 'tenant' : 'user',
  };
}

export type Access = { ok: true; userOpenId?: string } | { ok: false; answer: Answer };

const refused = (...args: Parameters<typeof failure>): Access => ({ ok: false, answer: failure(...args) });

/** Checks token kind, life and scope, then what the product wants. Codes: /ukTMukTMukTM/ugjM14COyUjL4ITN */
export function checkAccess(parts: AccessParts, needs: Needs, headers: RequestHeaders): Access {
  const given = presented(headers);
  if (needs.token === 'none') return { ok: true };
  if (given.token === undefined) return refused(400, 99991661, NOT_ATTACHED);
  const access =
    given.kind === 'tenant' ? tenantAccess(parts, needs, given.token) : userAccess(parts, needs, given.token);
  if (!access.ok) return access;
  const refusal = needs.also?.(headers);
  return refusal ? { ok: false, answer: refusal } : access;
}

function tenantAccess(parts: AccessParts, needs: Needs, token: string): Access {
  if (needs.token === 'user') return refused(400, 99991663, 'tenant access token not support');
  if (!parts.tenantTokens.accepts(token)) return refused(400, 99991663, INVALID);
  const scopes = needs.scopes ?? [];
  if (scopes.length === 0 || scopes.some((scope) => parts.settings.tenantScopes.includes(scope))) return { ok: true };
  const msg = `Access denied. One of the following scopes is required: [${scopes.join(', ')}].`;
  return refused(400, 99991672, msg, { permission_violations: violations('action_scope_required', scopes) });
}

function userAccess(parts: AccessParts, needs: Needs, token: string): Access {
  if (needs.token === 'tenant') return refused(400, 99991668, 'user access token not support');
  const check = parts.grants.checkAccess(token);
  if (check.kind === 'invalid') return refused(400, 99991668, INVALID);
  if (check.kind === 'expired') return refused(401, 99991677, 'token expire');
  const scopes = needs.scopes ?? [];
  if (scopes.length === 0 || scopes.some((scope) => check.scopes.includes(scope))) {
    return { ok: true, userOpenId: check.openId };
  }
  const msg =
    'Unauthorized. You do not have permission to perform the requested operation on the resource. ' +
    `Please request user re-authorization and try again. required one of these privileges: [${scopes.join(', ')}]`;
  return refused(400, 99991679, msg, { permission_violations: violations('action_privilege_required', scopes) });
}

const violations = (type: string, scopes: string[]) => scopes.map((subject) => ({ type, subject }));

import type { FeishuErrorKind } from './errors.ts';

/**
 * Feishu's codes. Generic ones: ukTMukTMukTM/ugjM14COyUjL4ITN; helpdesk: helpdesk-v1/agent_skill/patch and
 * helpdesk-v1/agent/agent_email; messages: im-v1/message/reply, create_json and patch; cards:
 * ukTMukTMukTM/uMDO1YjLzgTN24yM4UjN and cardkit-v1/card/create.
 */
const KIND_BY_CODE: ReadonlyMap<number, FeishuErrorKind> = new Map([
  [99991400, 'rate-limited'],
  [230020, 'rate-limited'],
  [99991401, 'app-credentials'],
  [99991403, 'app-credentials'],
  [99991543, 'app-credentials'],
  [10014, 'app-credentials'],
  [10015, 'app-credentials'],
  [99991661, 'app-credentials'],
  [99991662, 'app-credentials'],
  [99991673, 'app-credentials'],
  [99991663, 'app-credentials'],
  [99991664, 'app-credentials'],
  [99991665, 'app-credentials'],
  [99991668, 'user-token'],
  [99991669, 'user-token'],
  [99991671, 'user-token'],
  [99991677, 'user-token'],
  [99991672, 'app-scope'],
  [99991676, 'user-scope'],
  [99991679, 'user-scope'],
  [99992351, 'bad-request'],
  [99992361, 'bad-request'],
  [99992402, 'bad-request'],
  [154000, 'bad-request'],
  [154001, 'desk-credentials'],
  [154003, 'no-access'],
  [154004, 'not-found'],
  [155000, 'unavailable'],
  [41050, 'not-found'],
  // Not documented: Feishu's own command line tool, internal/auth/errors.go.
  [21000, 'access-policy'],
  [21001, 'access-policy'],
  [230001, 'bad-request'],
  [230022, 'bad-request'],
  [230025, 'bad-request'],
  [230028, 'bad-request'],
  [230055, 'bad-request'],
  [230071, 'bad-request'],
  [230072, 'bad-request'],
  [230099, 'bad-request'],
  [11310, 'bad-request'],
  [100290, 'bad-request'],
  [230002, 'chat-gone'],
  [230006, 'app-credentials'],
  [230011, 'chat-gone'],
  [230013, 'chat-gone'],
  [230018, 'chat-gone'],
  [230019, 'chat-gone'],
  [230027, 'app-scope'],
  [230029, 'chat-gone'],
  [230034, 'chat-gone'],
  [230035, 'chat-gone'],
  [230038, 'chat-gone'],
  [230049, 'unavailable'],
  [230050, 'chat-gone'],
  [230053, 'chat-gone'],
  // Takes no cards: a secret chat, for one.
  [230054, 'chat-gone'],
  [230075, 'chat-gone'],
  [230110, 'chat-gone'],
  [230111, 'chat-gone'],
  // Not on the page of the reply: seen where the message to answer is gone, or was never there.
  [230101, 'chat-gone'],
  [231003, 'chat-gone'],
  [99992354, 'chat-gone'],
  [232009, 'chat-gone'],
  [230031, 'card-expired'],
  [300020, 'card-token-spent'],
  [300030, 'card-token-spent'],
  [300040, 'card-token-spent'],
  [10002, 'bad-request'],
  [11311, 'bad-request'],
  [100000, 'bad-request'],
  [100030, 'bad-request'],
  [200000, 'chat-gone'],
  [200310, 'bad-request'],
  [200320, 'bad-request'],
  [300090, 'bad-request'],
  [200220, 'bad-request'],
  [200860, 'bad-request'],
  [300301, 'bad-request'],
  [300302, 'bad-request'],
  [300303, 'bad-request'],
  [300305, 'bad-request'],
  [300307, 'bad-request'],
]);

/** Codes of the token endpoint and of user_info (get-user-access-token, refresh-user-access-token, user_info/get). */
const OAUTH_KIND_BY_CODE: ReadonlyMap<number, FeishuErrorKind> = new Map([
  // A malformed request: nothing that passes by itself.
  [20001, 'unexpected'],
  [20036, 'unexpected'],
  [20063, 'unexpected'],
  [20067, 'unexpected'],
  [20068, 'unexpected'],
  [20070, 'unexpected'],
  [20002, 'app-credentials'],
  [20003, 'code-refused'],
  [20004, 'code-refused'],
  [20005, 'user-token'],
  [20008, 'person-barred'],
  [20009, 'app-credentials'],
  [20010, 'person-barred'],
  [20021, 'person-barred'],
  [20022, 'person-barred'],
  [20023, 'person-barred'],
  [20024, 'grant-dead'],
  [20026, 'grant-dead'],
  [20037, 'grant-dead'],
  [20048, 'app-credentials'],
  [20049, 'code-refused'],
  [20050, 'unavailable'],
  [20064, 'grant-dead'],
  [20065, 'code-refused'],
  [20066, 'person-barred'],
  [20069, 'app-credentials'],
  [20071, 'code-refused'],
  [20072, 'unavailable'],
  [20073, 'grant-dead'],
  [20074, 'refresh-not-allowed'],
  [99991669, 'grant-dead'],
]);

/** Words of refusals that come without a code, or with one that nobody knows (RFC 6749, 5.2). */
const KIND_BY_OAUTH_ERROR: ReadonlyMap<string, FeishuErrorKind> = new Map([
  ['invalid_client', 'app-credentials'],
  ['unauthorized_client', 'app-credentials'],
  ['invalid_scope', 'app-scope'],
  ['invalid_grant', 'grant-dead'],
]);

/**
 * The kind of a failed answer of the login endpoints, whose codes mean other things than the API's. A code that nobody
 * knows proves nothing by itself: it counts as trouble that passes, unless the word beside it says more.
 */
export function oauthKindOf(code: number | undefined, httpStatus: number, oauthError?: string): FeishuErrorKind {
  const known = code === undefined ? undefined : (OAUTH_KIND_BY_CODE.get(code) ?? KIND_BY_CODE.get(code));
  if (known) return known;
  const byStatus = kindOf(undefined, httpStatus);
  if (byStatus !== 'unexpected') return byStatus;
  const hasCode = code !== undefined && code !== 0;
  return KIND_BY_OAUTH_ERROR.get(oauthError ?? '') ?? (hasCode ? 'unavailable' : 'unexpected');
}

/** Tenant tokens are cached: these codes ask for a new one, once. */
export const TENANT_TOKEN_REFUSED: ReadonlySet<number> = new Set([99991661, 99991663, 99991664, 99991665]);

/** The codes of what a card is made of, of which only some are documented (feishu-cards, common-capabilities/message-card). */
const isAboutCard = (code: number): boolean => /^(?:200|300)\d{3}$/.test(String(code));

/** The kind of a failed answer, by its code, else by its HTTP status (statuses per code are undocumented). */
export function kindOf(code: number | undefined, httpStatus: number): FeishuErrorKind {
  const known = code === undefined ? undefined : KIND_BY_CODE.get(code);
  if (known) return known;
  if (code !== undefined && isAboutCard(code)) return 'bad-request';
  if (httpStatus === 429) return 'rate-limited';
  if (httpStatus >= 500) return 'unavailable';
  return 'unexpected';
}

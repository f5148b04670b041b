import { describe, expect, it } from '@jest/globals';
import { kindOf, oauthKindOf, TENANT_TOKEN_REFUSED } from '../../src/feishu/codes.ts';
import type { FeishuErrorKind } from '../../src/feishu/errors.ts';

/** Codes by what the documents say is to be done about them. */
const API_CODES: Partial<Record<FeishuErrorKind, number[]>> = {
  'rate-limited': [99991400, 230020],
  unavailable: [155000, 230049],
  'app-credentials': [
    99991401, 99991403, 99991543, 10014, 10015, 99991661, 99991662, 99991673, 99991663, 99991664, 99991665, 230006,
  ],
  'desk-credentials': [154001],
  'app-scope': [99991672, 230027],
  'user-token': [99991668, 99991677, 99991669, 99991671],
  'user-scope': [99991676, 99991679],
  'no-access': [154003],
  'not-found': [154004, 41050],
  'access-policy': [21000, 21001],
  'bad-request': [
    154000, 99992351, 99992361, 99992402, 230001, 230022, 230025, 230028, 230055, 230071, 230072, 230099, 10002, 11311,
    100000, 100030, 200310, 200320, 300090, 11310, 100290, 200220, 200621, 200860, 200914, 300305,
  ],
  'chat-gone': [
    230002, 230011, 230013, 230018, 230019, 230029, 230034, 230035, 230038, 230050, 230053, 230054, 230075, 230110,
    230111, 232009, 200000, 230101, 231003, 99992354,
  ],
  'card-expired': [230031],
  'card-token-spent': [300020, 300030, 300040],
};

const OAUTH_CODES: Partial<Record<FeishuErrorKind, number[]>> = {
  unexpected: [20001, 20036, 20063, 20067, 20068, 20070],
  'app-credentials': [20002, 20048, 20009, 20069],
  'code-refused': [20003, 20004, 20065, 20049, 20071],
  'person-barred': [20008, 20066, 20010, 20021, 20022, 20023],
  'grant-dead': [20024, 20026, 20037, 20064, 20073, 99991669],
  'refresh-not-allowed': [20074],
  unavailable: [20050, 20072],
  'user-token': [20005],
  'access-policy': [21000, 21001],
};

const pairs = (codes: Partial<Record<FeishuErrorKind, number[]>>): [number, string][] =>
  Object.entries(codes).flatMap(([kind, list]) => list.map((code): [number, string] => [code, kind]));

/** The statuses that a code may come with are not documented: none of them may matter. */
const STATUSES = [200, 400, 401, 403, 404, 500, 503];

describe('codes', () => {
  it.each(pairs(API_CODES))('%i is %s, whatever the HTTP status', (code, kind) => {
    expect(STATUSES.map((status) => kindOf(code, status))).toEqual(STATUSES.map(() => kind));
  });

  it.each(pairs(OAUTH_CODES))('%i of the login endpoints is %s', (code, kind) => {
    expect(oauthKindOf(code, 400)).toBe(kind);
    expect(oauthKindOf(code, 200)).toBe(kind);
  });

  it.each([20050, 20072])('%i stays trouble of the server with status 400', (code) => {
    expect(oauthKindOf(code, 400)).toBe('unavailable');
  });

  it.each([
    [429, 'rate-limited'],
    [500, 'unavailable'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'unavailable'],
    [200, 'unexpected'],
    [302, 'unexpected'],
    [400, 'unexpected'],
    [404, 'unexpected'],
  ] as const)('without a known code, status %i is %s', (status, kind) => {
    for (const code of [undefined, 1]) expect(kindOf(code, status)).toBe(kind);
    for (const code of [undefined, 0]) expect(oauthKindOf(code, status)).toBe(kind);
  });

  it.each([
    [undefined, undefined, 'unexpected'],
    [undefined, 'invalid_grant', 'grant-dead'],
    [0, 'invalid_grant', 'grant-dead'],
    [29999, 'invalid_grant', 'grant-dead'],
    [29999, 'server_error', 'unavailable'],
    [29999, undefined, 'unavailable'],
    [undefined, 'out_of_coffee', 'unexpected'],
    [29999, 'invalid_client', 'app-credentials'],
    [20050, 'invalid_grant', 'unavailable'],
    [20063, 'invalid_grant', 'unexpected'],
    [20074, 'invalid_grant', 'refresh-not-allowed'],
  ] as const)('of the login endpoints, %p with the word %p is %s', (code, word, kind) => {
    expect(oauthKindOf(code, 400, word)).toBe(kind);
  });

  it('takes no word for a proof where the server has trouble', () => {
    for (const code of [undefined, 29999]) {
      expect(oauthKindOf(code, 503, 'invalid_grant')).toBe('unavailable');
      expect(oauthKindOf(code, 429, 'invalid_grant')).toBe('rate-limited');
    }
  });

  it('does not read login codes where the API speaks', () => {
    expect(kindOf(20026, 400)).toBe('unexpected');
  });

  it('reads codes of the API where the login endpoints pass them on', () => {
    expect(oauthKindOf(99991400, 400)).toBe('rate-limited');
    expect(oauthKindOf(99991668, 400)).toBe('user-token');
  });

  it('asks for a new tenant token for codes about that token only', () => {
    expect([...TENANT_TOKEN_REFUSED].sort()).toEqual([99991661, 99991663, 99991664, 99991665]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { certainlyNotProcessed, FeishuError, type FeishuErrorKind, isPassing } from '../../src/feishu/errors.ts';

const EVERY_KIND: Record<FeishuErrorKind, { notProcessed: boolean; passing: boolean }> = {
  'not-sent': { notProcessed: true, passing: false },
  unreachable: { notProcessed: true, passing: true },
  'no-answer': { notProcessed: false, passing: true },
  'rate-limited': { notProcessed: true, passing: true },
  unavailable: { notProcessed: false, passing: true },
  'app-credentials': { notProcessed: true, passing: false },
  'desk-credentials': { notProcessed: true, passing: false },
  'app-scope': { notProcessed: true, passing: false },
  'user-token': { notProcessed: true, passing: false },
  'user-scope': { notProcessed: true, passing: false },
  'no-access': { notProcessed: true, passing: false },
  'access-policy': { notProcessed: true, passing: false },
  'not-found': { notProcessed: true, passing: false },
  'bad-request': { notProcessed: true, passing: false },
  'refresh-not-allowed': { notProcessed: true, passing: false },
  'grant-dead': { notProcessed: false, passing: false },
  'code-refused': { notProcessed: false, passing: false },
  'person-barred': { notProcessed: false, passing: false },
  'card-expired': { notProcessed: false, passing: false },
  'card-token-spent': { notProcessed: false, passing: false },
  'chat-gone': { notProcessed: false, passing: false },
  unreadable: { notProcessed: false, passing: false },
  unexpected: { notProcessed: false, passing: false },
};

const kinds = Object.entries(EVERY_KIND).flatMap(([kind, promise]): [FeishuError, boolean, boolean][] => [
  [errorOf(kind), promise.notProcessed, promise.passing],
]);

function errorOf(kind: string): FeishuError {
  const known = Object.keys(EVERY_KIND).find((one): one is FeishuErrorKind => one === kind);
  if (!known) throw new Error(`no such kind: ${kind}`);
  return new FeishuError(known, known);
}

describe('errors', () => {
  it.each(kinds)('%s: certainly not processed %s, passing %s', (error, notProcessed, passing) => {
    expect(certainlyNotProcessed(error)).toBe(notProcessed);
    expect(isPassing(error)).toBe(passing);
  });

  it('knows passing trouble only among its own errors', () => {
    expect(isPassing(new Error('unavailable'))).toBe(false);
    expect(isPassing(undefined)).toBe(false);
  });

  it('is an Error with its fields', () => {
    const cause = new Error('inner');
    const error = new FeishuError('app-scope', 'Access denied.', { code: 99991672, scopes: ['helpdesk:all'], cause });
    expect(error).toMatchObject({
      name: 'FeishuError',
      message: 'Access denied.',
      kind: 'app-scope',
      code: 99991672,
      httpStatus: undefined,
      logId: undefined,
      scopes: ['helpdesk:all'],
      cause,
    });
    expect(new FeishuError('no-answer', 'x')).toMatchObject({ scopes: [], code: undefined, retryAfterMs: undefined });
    expect('cause' in new FeishuError('no-answer', 'x')).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { adviceFor, failureElements } from '../../src/cards/failure.ts';
import type { FeishuErrorKind } from '../../src/feishu/errors.ts';

const shown = (failure: Parameters<typeof failureElements>[0]): string => JSON.stringify(failureElements(failure));
const UNEXPECTED = adviceFor('unexpected');

describe('adviceFor', () => {
  it.each<[FeishuErrorKind | 'busy', string]>([
    ['rate-limited', 'try again in a minute'],
    ['unavailable', 'try again in a moment'],
    ['no-answer', 'try again in a moment'],
    ['app-credentials', 'whoever runs this bot'],
    ['desk-credentials', 'whoever runs this bot'],
    ['app-scope', 'whoever runs this bot'],
    ['person-barred', 'whoever runs this bot'],
    ['user-token', '/skill login'],
    ['grant-dead', '/skill login'],
    ['user-scope', 'agree to all permissions'],
    ['no-access', 'make you an admin'],
    ['not-found', '/skill list'],
    ['bad-request', 'check what was asked for'],
    ['unexpected', 'whoever runs this bot'],
  ])('says what to do about %s', (kind, todo) => {
    expect(adviceFor(kind).todo.en).toContain(todo);
  });

  it.each(['unreachable', 'no-answer', 'unavailable', 'rate-limited', 'busy'])(
    'asks for another try after %p',
    (kind) => {
      expect(adviceFor(kind).todo.en).toContain('try again');
      expect(adviceFor(kind)).not.toBe(UNEXPECTED);
    },
  );

  it('says everything in both languages, differently for every kind', () => {
    const kinds = ['unreachable', 'no-answer', 'rate-limited', 'unavailable', 'app-credentials', 'desk-credentials'];
    const more = [
      'app-scope',
      'user-token',
      'user-scope',
      'no-access',
      'grant-dead',
      'not-found',
      'bad-request',
      'busy',
    ];
    const advice = [...kinds, ...more, 'person-barred', 'unexpected'].map(adviceFor);
    expect(new Set(advice.map(({ what }) => what.en)).size).toBe(advice.length);
    for (const { what, todo } of advice) {
      for (const { zh, en } of [what, todo]) {
        expect(zh).toMatch(/\p{Script=Han}/u);
        expect(en).not.toMatch(/\p{Script=Han}/u);
        expect(en).toMatch(/\.$/);
      }
    }
  });

  it('has an answer to a kind that nobody has heard of', () => {
    expect(adviceFor('surprise')).toBe(UNEXPECTED);
    expect(adviceFor('')).toBe(UNEXPECTED);
  });
});

describe('failureElements', () => {
  it('says what happened, what to do, and what Feishu said with code and log id', () => {
    const text = shown({ kind: 'no-access', code: 154003, message: 'no access', logId: '2021120212' });
    for (const part of ['你不是该服务台的管理员或所有者', 'You are not an admin', '154003 no access', '2021120212']) {
      expect(text).toContain(part);
    }
  });

  it('leaves out what is not known', () => {
    expect(failureElements({ kind: 'unreachable', message: '' })).toHaveLength(1);
    const text = shown({ kind: 'unreachable', message: 'connect ECONNREFUSED' });
    expect(text).toContain('connect ECONNREFUSED');
    expect(text).not.toMatch(/undefined|Log id/);
  });

  it('shows a message of Feishu as plain text, and of a long one the beginning', () => {
    const text = shown({ kind: 'bad-request', code: 1, message: `<at id=all></at>${'x'.repeat(5_000)}` });
    expect(text.length).toBeLessThan(3_000);
    for (const element of failureElements({ kind: 'bad-request', code: 1, message: '<at id=all></at>' })) {
      if (element.tag === 'markdown') expect(JSON.stringify(element)).not.toContain('<at');
      else expect(element).toMatchObject({ tag: 'div', text: { tag: 'plain_text' } });
    }
  });
});

import { unwritableIn } from '../../domain/writable.ts';
import { phrase } from '../../lib/phrase.ts';
import type { UsageProblem } from '../usage.ts';
import { rules } from './subjects.ts';

const text = 'VPI *x*';

/** One of each kind; a kind that is new makes the compiler ask for its sample. */
export const USAGE_PROBLEMS: { readonly [K in UsageProblem['kind']]: UsageProblem & { kind: K } } = {
  'unknown-command': { kind: 'unknown-command', text },
  'several-commands': { kind: 'several-commands' },
  missing: { kind: 'missing', argument: 'agent' },
  surplus: { kind: 'surplus', text },
  everyone: { kind: 'everyone' },
  'not-an-agent': { kind: 'not-an-agent', pieces: [{ text }, { text, row: 2 }] },
  'not-their-name': { kind: 'not-their-name', pieces: [{ text, email: 'lin.xiao@example.com', row: 2 }] },
  'other-company': { kind: 'other-company', name: text },
  'no-identity': { kind: 'no-identity', name: text },
  'no-name': { kind: 'no-name', text },
  heading: { kind: 'heading', text },
  unread: { kind: 'unread', parts: ['img', 'sticker'] },
  'name-empty': { kind: 'name-empty' },
  'name-too-long': { kind: 'name-too-long', length: 201 },
  'not-writable': { kind: 'not-writable', what: 'name', text: 'a\u200bb', found: unwritableIn('a\u200bb') },
  'blank-value': { kind: 'blank-value' },
  'bad-page': { kind: 'bad-page', text },
  'unknown-condition': { kind: 'unknown-condition', text, options: rules },
  'ambiguous-condition': { kind: 'ambiguous-condition', text, options: rules },
  'unknown-operator': { kind: 'unknown-operator', text, offered: [5, 6] },
  'operator-not-offered': { kind: 'operator-not-offered', text, offered: [7, 8] },
  'one-value-only': { kind: 'one-value-only', count: 2 },
  'one-or-several': { kind: 'one-or-several', text },
  'bad-value': { kind: 'bad-value', text, expected: 'department', known: [phrase('部门', 'IT')] },
};

import type { Change, ChangeStatus, NotUndoable } from '../../domain/change.ts';
import type { Intent } from '../../domain/intent.ts';
import type { Remark } from '../../domain/remark.ts';
import { changeCard } from '../change/card.ts';
import { appliedCard, applyingCard, conflictCard, failedCard, mismatchCard, overCard } from '../change/ended.ts';
import { previewCard } from '../change/preview.ts';
import { unknownCard } from '../change/unknown.ts';
import { historyCard } from '../history.ts';
import { notUndoableCard } from '../undo.ts';
import { pointlessOf } from './refusals.ts';
import {
  changeId,
  changeOf,
  differencesOf,
  rules,
  type SampleSubjects,
  skillOf,
  type Variants,
  viewId,
} from './subjects.ts';

type Sampled = (subjects: SampleSubjects) => Variants;

/** Every card that shows changes, by its function. */
export const CHANGE_CARDS = {
  changeCard: (subjects) =>
    eachOf(STATUSES(subjects), (outcome, status) => changeCard(changeOf(subjects, { status, outcome }))),
  previewCard: (subjects) => ({
    ...eachOf(intentsOf(subjects), (intent) => previewCard(changeOf(subjects, { intent }))),
    ...eachOf(remarksOf(subjects), (remark) => previewCard(changeOf(subjects, { remarks: [remark] })), 'remark '),
    'a new skill': previewCard(changeOf(subjects, { base: undefined })),
    'a delete': previewCard(changeOf(subjects, { target: undefined })),
  }),
  applyingCard: (subjects) => ({
    writing: applyingCard(changeOf(subjects)),
    waiting: applyingCard(changeOf(subjects), true),
  }),
  appliedCard: (subjects) => {
    const outcome = { repaired: true, settled: true, logId: '20261123075443341A6A31E678352CE615' };
    const change = changeOf(subjects, { status: 'applied', outcome });
    return { undoable: appliedCard(change, undefined), undone: appliedCard(change, changeId) };
  },
  mismatchCard: (subjects) => {
    const outcomes = { differs: { differences: differencesOf(subjects) }, gone: { gone: true } };
    return eachOf(outcomes, (outcome) => mismatchCard(changeOf(subjects, { status: 'mismatch', outcome }), undefined));
  },
  failedCard: (subjects) => ({
    '': failedCard(changeOf(subjects, { status: 'failed', outcome: { failure: FAILURE } })),
  }),
  conflictCard: (subjects) => {
    const change = changeOf(subjects, { status: 'conflicted', outcome: { differences: differencesOf(subjects) } });
    return {
      'with a fresh preview': conflictCard(change, changeOf(subjects)),
      'nothing left': conflictCard(change, undefined),
    };
  },
  overCard: (subjects) => ({
    cancelled: overCard(changeOf(subjects, { status: 'cancelled', outcome: { why: 'by-actor' } })),
    'login needed': overCard(changeOf(subjects, { status: 'cancelled', outcome: { why: 'login-needed' } })),
    expired: overCard(changeOf(subjects, { status: 'expired' })),
  }),
  unknownCard: (subjects) => {
    const unknown = { offersRetry: true, failure: FAILURE };
    const outcomes = { 'offers retry': { unknown }, overwritten: { unknown, differences: differencesOf(subjects) } };
    return eachOf(outcomes, (outcome, name) =>
      unknownCard(changeOf(subjects, { status: name === 'overwritten' ? 'mismatch' : 'applying', outcome })),
    );
  },
  historyCard: (subjects) => {
    const changes = [changeOf(subjects, { status: 'applied' }), changeOf(subjects, { status: 'failed' })];
    const page = { viewId, undone: new Map(), more: true, about: 'VIP' };
    return {
      'a page': historyCard({ ...page, changes, page: 2 }),
      empty: historyCard({ ...page, changes: [], page: 1 }),
    };
  },
  notUndoableCard: (subjects) => eachOf(notUndoableOf(subjects), (why) => notUndoableCard(why)),
} satisfies Record<string, Sampled>;

/** The card of each entry, named after it. */
export function eachOf<K extends string, T>(
  entries: Readonly<Record<K, T>>,
  cardOf: (entry: T, key: K) => Variants[string],
  before = '',
): Variants {
  const keys = Object.keys(entries).filter((key): key is K => key in entries);
  return Object.fromEntries(keys.map((key) => [before + key, cardOf(entries[key], key)]));
}

const FAILURE = { kind: 'rate-limited', code: 99991400, message: 'request trigger frequency limit', logId: '2026' };

/** A status that is new makes the compiler ask for its sample; so do the kinds below. */
const STATUSES = (subjects: SampleSubjects): Record<ChangeStatus, Change['outcome']> => ({
  pending: undefined,
  applying: undefined,
  applied: { logId: '2026' },
  failed: { failure: FAILURE },
  mismatch: { differences: differencesOf(subjects) },
  cancelled: { why: 'by-actor' },
  expired: undefined,
  conflicted: { differences: differencesOf(subjects) },
});

const intentsOf = (subjects: SampleSubjects): { [K in Intent['kind']]: Intent & { kind: K } } => {
  const agentIds = [subjects.person];
  const [rule = { id: '3' }] = rules;
  const { name } = skillOf(subjects);
  return {
    rename: { kind: 'rename', name: 'Tier 2' },
    'add-agents': { kind: 'add-agents', agentIds },
    'remove-agents': { kind: 'remove-agents', agentIds },
    'set-agents': { kind: 'set-agents', agentIds },
    'add-rule': { kind: 'add-rule', rule },
    'edit-rule': { kind: 'edit-rule', rule: 'x', to: rule },
    'remove-rule': { kind: 'remove-rule', rule: 'x' },
    create: { kind: 'create', content: { name, agentIds, rules }, existing: [] },
    delete: { kind: 'delete' },
    undo: { kind: 'undo', change: changeId, differences: differencesOf(subjects) },
  };
};

const remarksOf = (subjects: SampleSubjects): { [K in Remark['kind']]: Remark & { kind: K } } => {
  const agentIds = [subjects.person];
  const { id, name } = skillOf(subjects);
  return {
    'already-there': { kind: 'already-there', agentIds },
    'not-there': { kind: 'not-there', agentIds },
    'nobody-left': { kind: 'nobody-left' },
    'kept-since': { kind: 'kept-since', kept: differencesOf(subjects) },
    'not-agents': { kind: 'not-agents', agentIds },
    'changed-meanwhile': { kind: 'changed-meanwhile', differences: differencesOf(subjects) },
    'operand-guessed': { kind: 'operand-guessed' },
    'named-by-rules': { kind: 'named-by-rules', values: [{ id: 'od-1', name: 'IT', skill: { id, name } }] },
    'same-name': { kind: 'same-name', skills: [id] },
    'maybe-done': { kind: 'maybe-done' },
    'new-id': { kind: 'new-id' },
  };
};

const notUndoableOf = (subjects: SampleSubjects): { [K in NotUndoable['kind']]: NotUndoable & { kind: K } } => {
  const change = changeOf(subjects);
  return {
    'not-written': { kind: 'not-written', change },
    'not-known': { kind: 'not-known', change },
    'undone-already': { kind: 'undone-already', change, by: changeId },
    'skill-gone': { kind: 'skill-gone', change },
    pointless: { kind: 'pointless', change, why: pointlessOf(subjects)['nothing-left-to-undo'] },
  };
};

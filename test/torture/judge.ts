import {
  type CardFact,
  type ChangeFact,
  changedFields,
  type EffectFact,
  FIELDS,
  type Field,
  type History,
  isSame,
} from './history.ts';

export const FINDING_KINDS = ['lost', 'doubled', 'wrong card', 'stuck', 'not known', 'unattributed'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A promise that was broken, or, for `not known`, a result that the bot honestly says it does not know. */
export interface Finding {
  kind: FindingKind;
  /** Ids of the changes it is about, the one that suffered first. */
  changes: string[];
  skillId: string | undefined;
  text: string;
}

/** One change with everything that belongs to it. */
interface Case {
  change: ChangeFact;
  effects: EffectFact[];
  /** Those that left the skill other than it was. */
  acts: EffectFact[];
  /** The card that shows this change and no other. */
  card: CardFact | undefined;
}

/** Judges a run after everything has settled. */
export function judge(history: History): Finding[] {
  const cases = casesOf(history);
  return [
    ...cases.flatMap((one) => [
      ...unfinished(one),
      ...(takesEffect(one) ? missing(one, history) : denied(one)),
      ...repeated(one),
      ...misshown(one),
    ]),
    ...sharedSkills(cases),
    ...overwritten(history),
    ...history.effects.flatMap((effect) => unattributed(effect, history)),
    ...history.openDeliveries.map((key) => stuck(`the delivery ${key} is not finished`)),
    ...history.unanswered.map((messageId) => stuck(`the command ${messageId} was never answered`)),
  ];
}

const stuck = (text: string): Finding => ({ kind: 'stuck', changes: [], skillId: undefined, text });

function casesOf({ changes, effects, cards }: History): Case[] {
  const byMessage = new Map(cards.map((card) => [card.messageId, card]));
  return changes.map((change) => {
    const own = effects.filter((effect) => effect.change === change.id);
    const card = change.messageId === undefined ? undefined : byMessage.get(change.messageId);
    return {
      change,
      effects: own,
      acts: own.filter((effect) => changedFields(effect).length > 0),
      card: card?.changeId === change.id ? card : undefined,
    };
  });
}

const finding = (kind: FindingKind, { change }: Case, text: string): Finding => ({
  kind,
  changes: [change.id],
  skillId: change.createdId ?? change.skillId,
  text,
});

const isOpen = ({ change }: Case): boolean => change.status === 'applying';
const isShownUnknown = ({ card }: Case): boolean =>
  card?.template === 'orange' && card.actions.includes('change.retry');
const takesEffect = ({ change, card }: Case): boolean =>
  change.status === 'applied' || change.status === 'mismatch' || card?.template === 'green';
const makesSkill = ({ base, target }: ChangeFact): boolean => base === undefined && target !== undefined;

/** Somebody else has overwritten what was, or was not, written. */
const endsUnknown = (one: Case): boolean =>
  (one.change.status === 'mismatch' || one.change.status === 'failed') &&
  one.change.isUnknown &&
  one.card?.template === 'orange';

function notKnown(one: Case): Finding {
  const effects = one.acts.length === 0 ? 'no effect' : `${one.acts.length} effect(s)`;
  return finding('not known', one, `the card says that the result is not known; there was ${effects}`);
}

/** Work that does not end, and the honest end of not knowing. */
function unfinished(one: Case): Finding[] {
  if (!isOpen(one)) {
    return one.card?.template === 'blue'
      ? [finding('stuck', one, `the card shows work in progress, the database ${one.change.status}`)]
      : [];
  }
  if (one.change.isUnknown && isShownUnknown(one)) return [notKnown(one)];
  return [finding('stuck', one, `still being written; the card is ${one.card?.template ?? 'another one'}`)];
}

/** What is said to be done has to be there. */
function missing(one: Case, { effects }: History): Finding[] {
  const { change } = one;
  if (endsUnknown(one)) return [notKnown(one)];
  const made = change.createdId ?? change.skillId;
  if (makesSkill(change)) {
    if (one.effects.some(({ skillId, method }) => method === 'POST' && skillId === made)) return [];
    const maker = effects.find(({ method, skillId }) => method === 'POST' && skillId === made);
    if (maker && maker.change !== change.id) {
      return [finding('wrong card', one, `claims the skill ${made}, which ${maker.change} made`)];
    }
  }
  if (one.effects.length > 0) return [];
  const isGreen = change.status === 'applied' || one.card?.template === 'green';
  return [finding(isGreen ? 'lost' : 'wrong card', one, `${change.status}, but no write took effect`)];
}

/** What is said not to be done must not have happened. */
function denied(one: Case): Finding[] {
  if (isOpen(one) || endsUnknown(one) || one.acts.length === 0) return [];
  return [finding('wrong card', one, `${one.change.status}, but ${one.acts.length} write(s) took effect`)];
}

/** Nothing is written twice: a second write that is seen came after the first one was undone or overwritten. */
function repeated(one: Case): Finding[] {
  if (one.acts.length < 2) return [];
  const processes = [...new Set(one.acts.map(({ process }) => process))].join(', ');
  return [finding('doubled', one, `${one.acts.length} writes changed something, by ${processes}`)];
}

/** Colours by status; an open change is judged elsewhere. */
const TEMPLATES: Readonly<Record<string, string>> = {
  pending: 'orange',
  applied: 'green',
  mismatch: 'orange',
  failed: 'red',
  conflicted: 'orange',
  cancelled: 'grey',
  expired: 'grey',
};

function misshown(one: Case): Finding[] {
  const { change, card } = one;
  const expected = endsUnknown(one) ? 'orange' : TEMPLATES[change.status];
  if (!card || expected === undefined || card.template === expected || card.template === 'blue') return [];
  return [finding('wrong card', one, `the card is ${card.template}, the database says ${change.status}`)];
}

/** A skill is made by one change only. */
function sharedSkills(cases: readonly Case[]): Finding[] {
  const claims = new Map<string, Case[]>();
  for (const one of cases) {
    const { change } = one;
    const made = change.createdId ?? change.skillId;
    if (change.status !== 'applied' || !makesSkill(change) || made === undefined) continue;
    claims.set(made, [...(claims.get(made) ?? []), one]);
  }
  return [...claims].flatMap(([skillId, all]): Finding[] => {
    const changes = all.map(({ change }) => change.id);
    return all.length < 2
      ? []
      : [{ kind: 'wrong card', changes, skillId, text: `${all.length} changes claim the skill ${skillId}` }];
  });
}

/**
 * Confirmed work that another change wrote over without having seen it: the field was no longer as in the base of the
 * one that wrote.
 */
function overwritten({ changes, effects }: History): Finding[] {
  const byId = new Map(changes.map((change) => [change.id, change]));
  return effects.flatMap((effect) => {
    const writer = byId.get(effect.change ?? '');
    const unseen = writer ? unseenFields(effect, writer) : [];
    const victims = unseen.map((field) => byId.get(lastWriterOf(field, effect, effects) ?? ''));
    return unseen.flatMap((field, at): Finding[] => {
      const victim = victims[at];
      if (!writer || !victim || victim.id === writer.id || victims.indexOf(victim) < at) return [];
      if (victim.status !== 'applied' && victim.status !== 'mismatch') return [];
      const text = `${field} was overwritten by ${effect.method} of ${writer.id} (${effect.process}), whose base is older`;
      return [{ kind: 'lost', changes: [victim.id, writer.id], skillId: effect.skillId, text }];
    });
  });
}

/** Fields that a write changed although they were other than its person had seen them. */
function unseenFields(effect: EffectFact, { base }: ChangeFact): Field[] {
  const { before, after } = effect;
  if (!base || !before) return [];
  const touched = after ? changedFields(effect) : FIELDS;
  return touched.filter((field) => !isSame(before, base, field));
}

const lastWriterOf = (field: Field, { seq, skillId }: EffectFact, effects: readonly EffectFact[]): string | undefined =>
  effects.findLast((other) => other.seq < seq && other.skillId === skillId && changedFields(other).includes(field))
    ?.change;

/** Every effect has to be one that a person confirmed, under their own token, with the content that was shown. */
function unattributed(effect: EffectFact, { changes }: History): Finding[] {
  const change = changes.find(({ id }) => id === effect.change);
  const problem = change ? problemOf(effect, change) : 'no change of the database is named by the request';
  if (problem === undefined) return [];
  const text = `${effect.method} by ${effect.process}: ${problem}`;
  return [{ kind: 'unattributed', changes: change ? [change.id] : [], skillId: effect.skillId, text }];
}

function problemOf({ actorId, after, ...effect }: EffectFact, { target, ...change }: ChangeFact): string | undefined {
  if (!change.isConfirmed) return 'nobody confirmed the change';
  if (actorId !== change.actorId) return `written by ${actorId}, asked for by ${change.actorId}`;
  if (!after || !target)
    return after || target ? 'one of effect and preview is a deletion, the other is not' : undefined;
  const other = changedFields({ ...effect, after }).filter((field) => !isSame(after, target, field));
  return other.length === 0 ? undefined : `${other.join(', ')} other than in the preview`;
}

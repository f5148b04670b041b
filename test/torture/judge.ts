import type { Finding, FindingKind } from './finding.ts';
import { type CardFact, type ChangeFact, changedFields, type EffectFact, type History } from './history.ts';
import { overwritten, unattributed } from './judgeEffects.ts';

/** One change with everything that belongs to it. */
interface Case {
  change: ChangeFact;
  effects: EffectFact[];
  /** Those that left the skill other than it was. */
  acts: EffectFact[];
  /** Its message, whatever that shows. */
  message: CardFact | undefined;
  /** The same, where it shows this change and no other. */
  card: CardFact | undefined;
  /** What stands in its place: after a conflict, or when its person did not wait for its result. */
  successors: ReadonlySet<string>;
}

/** Judges a run after everything has settled. */
export function judge(history: History): Finding[] {
  const cases = casesOf(history);
  return [
    ...cases.flatMap((one) => [
      ...unfinished(one),
      ...forgotten(one),
      ...(takesEffect(one) ? missing(one, history) : denied(one)),
      ...repeated(one),
      ...misshown(one),
      ...displaced(one),
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
  const nextOf = new Map(changes.map(({ id, next }) => [id, next]));
  return changes.map((change) => {
    const own = effects.filter((effect) => effect.change === change.id);
    const message = change.messageId === undefined ? undefined : byMessage.get(change.messageId);
    return {
      change,
      effects: own,
      acts: own.filter((effect) => changedFields(effect).length > 0),
      message,
      card: message?.changeId === change.id ? message : undefined,
      successors: successorsOf(change.id, nextOf),
    };
  });
}

function successorsOf(id: string, nextOf: ReadonlyMap<string, string | undefined>): Set<string> {
  const found = new Set<string>();
  let next = nextOf.get(id);
  while (next !== undefined && !found.has(next)) {
    found.add(next);
    next = nextOf.get(next);
  }
  return found;
}

const finding = (kind: FindingKind, { change }: Case, text: string): Finding => ({
  kind,
  changes: [change.id],
  skillId: change.createdId ?? change.skillId,
  text,
});

const isOpen = ({ change }: Case): boolean => change.status === 'applying';
const isShownUnknown = ({ card }: Case): boolean =>
  card?.template === 'orange' && card.actions.every((action) => action === 'change.retry');
const takesEffect = ({ change, card }: Case): boolean =>
  change.status === 'applied' || change.status === 'mismatch' || card?.template === 'green';
const makesSkill = ({ base, target }: ChangeFact): boolean => base === undefined && target !== undefined;

const showsSuccessor = ({ message, successors }: Case): boolean => successors.has(message?.changeId ?? '');

/** Somebody else has overwritten what was, or was not, written, or its person has asked for it once more. */
const endsUnknown = (one: Case): boolean =>
  (one.change.status === 'mismatch' || one.change.status === 'failed') &&
  one.change.isUnknown &&
  (one.card?.template === 'orange' || showsSuccessor(one));

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

/** The bot may take up a press that its process died of for so long; a preview that is over by then may stay so. */
const TAKEN_UP_MS = 60_000;

/** A press that was answered as taken has led to something, or it was told that it did not. */
function forgotten(one: Case): Finding[] {
  const { status, acceptedAt, expiresAt } = one.change;
  if (acceptedAt === undefined || acceptedAt + TAKEN_UP_MS > expiresAt) return [];
  if ((status !== 'pending' && status !== 'expired') || one.message?.isWithdrawn) return [];
  return [finding('lost', one, `${status}, though its Confirm was taken`)];
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

/** Statuses whose result, or whose progress, a person looks for in the message. */
const SHOWN: ReadonlySet<string> = new Set(['applying', 'applied', 'mismatch', 'failed']);

/** A message shows its own change, or what stands in its place. */
function displaced(one: Case): Finding[] {
  const { change, message, card } = one;
  if (card || message?.changeId === undefined || !SHOWN.has(change.status) || showsSuccessor(one)) return [];
  return [finding('wrong card', one, `${change.status}, but its message shows ${message.changeId}`)];
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

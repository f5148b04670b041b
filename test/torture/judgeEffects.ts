import type { Finding } from './finding.ts';
import {
  type ChangeFact,
  changedFields,
  type EffectFact,
  FIELDS,
  type Field,
  type History,
  isSame,
} from './history.ts';

/**
 * Confirmed work that another change wrote over without having seen it: the field was no longer as in the base of the
 * one that wrote.
 */
export function overwritten({ changes, effects }: History): Finding[] {
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
export function unattributed(effect: EffectFact, { changes }: History): Finding[] {
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

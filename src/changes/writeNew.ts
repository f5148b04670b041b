import { FeishuError } from '../feishu/errors.ts';
import { idsNamed } from '../feishu/helpdesk.ts';
import { changedFields, diff } from '../skills/diff.ts';
import type { SkillId } from '../skills/ids.ts';
import { contentOf, type Skill, type SkillContent } from '../skills/skill.ts';
import type { Change } from '../store/change.ts';
import { type Attempt, failed, sendOnce, settled, toFailure, type WriteParts, type WriteResult } from './write.ts';

interface Created {
  id: SkillId;
  logId: string | undefined;
}

type Look = Attempt<Created>['look'];

/**
 * Creates a skill and reads it back. The API has no idempotency key: after a lost answer the skill is looked for by
 * name among those that did not have it before. Rejects like {@link sendOnce}.
 */
export async function writeCreate(parts: WriteParts, change: Change): Promise<WriteResult> {
  const { target, intent } = change;
  if (!target || intent.kind !== 'create') throw new TypeError(`change ${change.id} creates nothing`);
  const look: Look = () => findCreated(parts, target, intent.existing);

  if (change.attempted) {
    const found = await settled(look());
    if (found.kind === 'done') return readBack(parts, target, found.result, true);
    if (found.kind === 'other') return found.result;
  }
  if (change.undo_of && (await parts.store.changes.undoneBy([change.undo_of])).size > 0) {
    return failed({ kind: 'undone-already', message: '' });
  }
  const sent = await sendOnce<Created>(parts, change, {
    send: (token) => parts.helpdesk.createSkill({ userToken: token, maySend: () => true }, target),
    look,
  });
  if (sent.kind === 'ended') return sent.result;
  return readBack(parts, target, sent.result, sent.kind === 'found');
}

/**
 * A skill of that name with another content may be somebody else's, made after the preview, or the new one that somebody
 * has edited: it is neither taken for the new one, which an undo would delete, nor is another one made beside it.
 */
async function findCreated(
  { helpdesk }: WriteParts,
  target: SkillContent,
  existing: readonly SkillId[],
): ReturnType<Look> {
  const listed = idsNamed(target.name, await helpdesk.listSkills()).filter((id) => !existing.includes(id));
  // One that cannot be read may be the new one: as long as that is so, nothing is known.
  const skills = await Promise.all(listed.map((id) => helpdesk.getSkill(id)));
  const created = skills.find((skill) => changedFields(target, skill).length === 0);
  if (created) return { kind: 'done', result: { id: created.id, logId: undefined } };
  const [similar] = skills;
  if (!similar) return { kind: 'without-effect' };
  const differences = diff(target, contentOf(similar));
  return { kind: 'other', result: { status: 'mismatch', outcome: { differences } } };
}

async function readBack(
  { helpdesk }: WriteParts,
  target: SkillContent,
  { id, logId }: Created,
  wasLost: boolean,
): Promise<WriteResult> {
  const skill = await settled(helpdesk.getSkill(id));
  const outcome = { created_id: id, log_id: logId, ...(wasLost && { settled: true }) };
  if (changedFields(target, skill).length === 0) return { status: 'applied', outcome };
  return { status: 'mismatch', outcome: { ...outcome, differences: diff(target, contentOf(skill)) } };
}

/** Deletes a skill that is still as the preview showed it. Rejects like {@link sendOnce}. */
export async function writeDelete(parts: WriteParts, change: Change): Promise<WriteResult> {
  const { skill_id: id, base } = change;
  if (!id || !base) throw new TypeError(`change ${change.id} deletes nothing`);
  const before = await presentSkill(parts, id, change.attempted);
  if (before === 'gone') {
    return change.attempted
      ? { status: 'applied', outcome: { settled: true } }
      : failed({ kind: 'not-found', message: '' });
  }
  if ('kind' in before) return failed(toFailure(before));
  const edited = editedSince(base, before);
  if (edited) return edited;
  const sent = await sendOnce<string | undefined>(parts, change, {
    send: async (token) => (await parts.helpdesk.deleteSkill({ userToken: token, maySend: () => true }, id)).logId,
    look: async () => {
      const found = await presentSkill(parts, id, true);
      if (found === 'gone') return { kind: 'done', result: undefined };
      const result = 'kind' in found ? failed(toFailure(found)) : editedSince(base, found);
      return result ? { kind: 'other', result } : { kind: 'without-effect' };
    },
  });
  if (sent.kind === 'ended') return sent.result;
  const after = await presentSkill(parts, id, true);
  if (after !== 'gone') return failed({ kind: 'unexpected', message: '' });
  return { status: 'applied', outcome: { log_id: sent.result, ...(sent.kind === 'found' && { settled: true }) } };
}

/** Somebody edited the skill since the preview said what would be lost. */
const editedSince = (base: SkillContent, fresh: Skill): WriteResult | undefined =>
  changedFields(base, fresh).length > 0
    ? { status: 'conflicted', outcome: { differences: diff(base, fresh) }, fresh }
    : undefined;

/** Once a write may have been sent a failed read settles nothing; before that it ends the change. */
async function presentSkill(
  { helpdesk }: WriteParts,
  id: SkillId,
  attempted: boolean,
): Promise<Skill | 'gone' | FeishuError> {
  try {
    const reading = helpdesk.getSkill(id).catch((error: unknown) => {
      if (error instanceof FeishuError && error.kind === 'not-found') return 'gone' as const;
      throw error;
    });
    return await (attempted ? settled(reading) : reading);
  } catch (error) {
    if (error instanceof FeishuError) return error;
    throw error;
  }
}

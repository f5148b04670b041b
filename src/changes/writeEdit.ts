import { setImmediate as nextTurn } from 'node:timers/promises';
import { LoginNeeded } from '../auth/errors.ts';
import { changedFields, diff } from '../domain/diff.ts';
import type { SkillId } from '../domain/ids.ts';
import { sameField } from '../domain/same.ts';
import { contentOf, SKILL_FIELDS, type Skill, type SkillContent, type SkillField } from '../domain/skill.ts';
import { conflictsWith, expectedAfter, judgeReadBack } from '../domain/threeWay.ts';
import { EffectUnknownError } from './doubt.ts';
import { PATIENCE_MS, refuseToSendAgain, sendWrite } from './send.ts';
import {
  freshRead,
  gone,
  goneInDoubt,
  isWrittenByOthers,
  mismatch,
  overwritten,
  presentSkill,
  readOrUnknown,
  type WriteEnd,
  type WriteResult,
  type WriteRun,
} from './write.ts';

interface EditRun extends WriteRun {
  id: SkillId;
  base: SkillContent;
  target: SkillContent;
  /** The fields that differ between the two: what is written. */
  fields: SkillField[];
}

/** A write that was sent, or may have been. */
interface SentEdit {
  /** The skill as it is after the write. */
  expected: SkillContent;
  /** The fields that the write had. */
  sent: readonly SkillField[];
  logId: string | undefined;
  /** Its answer never came. */
  isLost: boolean;
}

/**
 * Writes an edit: fresh read, conflict check, PATCH of the changed fields, read-back. The caller holds the skill.
 * Rejects like {@link sendWrite}.
 */
export async function writeEdit(run: WriteRun): Promise<WriteResult> {
  const { change, doubt } = run;
  const { skillId: id, base, target } = change;
  if (!id || !base || !target) throw new TypeError(`change ${change.id} is no edit`);
  const edit: EditRun = { ...run, id, base, target, fields: changedFields(base, target) };

  const [fresh, whole] = await Promise.all([
    freshRead(run, id),
    // When the read is on its way: it would wait for this otherwise.
    nextTurn().then(() => run.store.desks.needsWholeWrites(run.desk.id)),
  ]);
  if (fresh === 'gone') return doubt.isAnswered ? gone() : goneInDoubt();
  if ('status' in fresh) return fresh;
  if (doubt.isOpen) {
    const found = await judgeLostWrite(edit, fresh);
    if (found) return found;
    refuseToSendAgain(run);
  }
  if (conflictsWith(base, fresh, target)) {
    const differences = diff(base, fresh);
    return { status: 'conflicted', outcome: { differences }, fresh: { kind: 'skill', skill: fresh } };
  }
  return patch(edit, fresh, whole);
}

/** What became of a write that an earlier process may have sent; undefined when no effect of it can be seen. */
async function judgeLostWrite(edit: EditRun, found: SkillContent): Promise<WriteEnd | undefined> {
  const { base, target, fields, change } = edit;
  const { before = base, whole = false } = change.outcome ?? {};
  const expected = expectedAfter(before, target, fields);
  const sent = sentFields(edit, whole);
  const isUnchanged = fields.every((field) => sameField(field, base, found));
  if (isUnchanged && judgeReadBack(expected, found, sent).kind !== 'cleared') {
    // It was done, and somebody has taken it back since.
    return edit.doubt.isAnswered ? mismatch(expected, found, { logId: change.outcome?.logId }) : undefined;
  }
  if (!isUnchanged && (!isWritten(edit, expected, found) || (await isWrittenByOthers(edit, edit.id)))) {
    return overwritten(expected, found);
  }
  const result = await judge(edit, { expected, sent, logId: undefined, isLost: true }, found);
  if (result.status === 'applied') edit.doubt.effectSeen();
  return result;
}

async function patch(edit: EditRun, fresh: Skill, whole: boolean): Promise<WriteResult> {
  const { helpdesk, id } = edit;
  const expected = expectedAfter(fresh, edit.target, edit.fields);
  const fields = sentFields(edit, whole);
  const content = pick(expected, fields);

  const sent = await sendWrite<string | undefined>(edit, {
    attempted: { before: contentOf(fresh), whole },
    send: async (sender) => (await helpdesk.patchSkill(sender, id, content)).logId,
    look: async () => {
      const found = await presentSkill(helpdesk, id);
      if (found === 'gone') return { kind: 'other', result: goneInDoubt() };
      if (isWritten(edit, expected, found)) return { kind: 'done', result: undefined };
      if (!edit.fields.every((field) => sameField(field, fresh, found))) {
        return { kind: 'other', result: overwritten(expected, found) };
      }
      if (changedFields(fresh, found).length === 0) return { kind: 'no-effect' };
      throw new EffectUnknownError(new Error('another field was edited meanwhile'));
    },
  });
  if (sent.kind === 'ended') return sent.result;
  const readBack = await readOrUnknown(presentSkill(helpdesk, id));
  if (readBack === 'gone') return gone();
  return judge(edit, { expected, sent: fields, logId: sent.result, isLost: sent.kind === 'found' }, readBack);
}

const isWritten = ({ fields }: EditRun, expected: SkillContent, found: SkillContent): boolean =>
  fields.every((field) => sameField(field, expected, found));

/** A field that was sent and comes back empty was emptied by somebody else, not by the desk. */
const sentFields = ({ fields }: EditRun, whole: boolean): readonly SkillField[] => (whole ? SKILL_FIELDS : fields);

const pick = (content: SkillContent, fields: readonly SkillField[]): Partial<SkillContent> =>
  Object.fromEntries(fields.map((field) => [field, content[field]]));

async function judge(edit: EditRun, sent: SentEdit, found: SkillContent): Promise<WriteEnd> {
  const { expected, logId, isLost } = sent;
  const verdict = judgeReadBack(expected, found, sent.sent);
  if (verdict.kind === 'as-expected') {
    return { status: 'applied', outcome: { logId, ...(isLost && { settled: true }) } };
  }
  return verdict.kind === 'different' ? mismatch(expected, found, { logId }) : repair(edit, sent, found);
}

/** The desk clears what a PATCH leaves out: the whole skill is written back at once, and from now on always. */
async function repair(edit: EditRun, { expected, logId }: SentEdit, cleared: SkillContent): Promise<WriteEnd> {
  await edit.store.desks.rememberWholeWrites(edit.desk.id);
  const repairLogId = await writeBack({ ...edit, sendUntil: edit.clock.elapsed() + PATIENCE_MS }, expected, cleared);
  const readBack = await readOrUnknown(presentSkill(edit.helpdesk, edit.id));
  if (readBack === 'gone') return gone();
  if (changedFields(expected, readBack).length > 0) return mismatch(expected, readBack, { logId });
  return { status: 'applied', outcome: { logId: repairLogId ?? logId, repaired: true } };
}

async function writeBack(edit: EditRun, whole: SkillContent, cleared: SkillContent): Promise<string | undefined> {
  const { helpdesk, id } = edit;
  if (edit.doubt.count > 0) refuseToSendAgain(edit, { followsAnother: true });
  try {
    const sent = await sendWrite<string | undefined>(edit, {
      send: async (sender) => (await helpdesk.patchSkill(sender, id, contentOf(whole))).logId,
      look: async () => {
        const found = await presentSkill(helpdesk, id);
        if (found === 'gone') return { kind: 'other', result: gone() };
        if (changedFields(whole, found).length === 0) return { kind: 'done', result: undefined };
        // An edit of somebody else is shown, never reverted.
        const isAsCleared = changedFields(cleared, found).length === 0;
        return isAsCleared ? { kind: 'no-effect' } : { kind: 'other', result: mismatch(whole, found) };
      },
    });
    return sent.kind === 'ended' ? undefined : sent.result;
  } catch (error) {
    // Without a login nothing more can be written: the read-back shows what that left behind.
    if (error instanceof LoginNeeded) return undefined;
    throw error;
  }
}

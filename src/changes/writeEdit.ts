import { setImmediate as nextTurn } from 'node:timers/promises';
import { LoginNeeded } from '../auth/errors.ts';
import { changedFields, diff } from '../skills/diff.ts';
import type { SkillId } from '../skills/ids.ts';
import { sameField } from '../skills/same.ts';
import { contentOf, SKILL_FIELDS, type Skill, type SkillContent, type SkillField } from '../skills/skill.ts';
import { conflictsWith, expectedAfter, judgeReadBack } from '../skills/threeWay.ts';
import type { Change } from '../store/change.ts';
import { EffectUnknown, lastSentAt, Superseded } from './doubt.ts';
import { refuseToSendAgain, sendWrite } from './send.ts';
import {
  certain,
  freshRead,
  gone,
  mismatch,
  overwritten,
  presentSkill,
  type WriteParts,
  type WriteResult,
} from './write.ts';

interface Edit {
  id: SkillId;
  base: SkillContent;
  target: SkillContent;
  /** The fields that differ between the two: what is written. */
  fields: SkillField[];
}

type LogId = string | undefined;

/**
 * Writes an edit: fresh read, conflict check, PATCH of the changed fields, read-back. The caller holds the skill.
 * Rejects like {@link sendWrite}.
 */
export async function writeEdit(parts: WriteParts, change: Change): Promise<WriteResult> {
  const { skill_id: id, base, target } = change;
  if (!id || !base || !target) throw new TypeError(`change ${change.id} is no edit`);
  const edit: Edit = { id, base, target, fields: changedFields(base, target) };

  const [fresh, whole] = await Promise.all([
    freshRead(parts, change, id),
    // When the read is on its way: it would wait for this otherwise.
    nextTurn().then(() => parts.store.desks.needsWholeWrites(parts.desk.id)),
  ]);
  if (fresh === 'gone') return gone();
  if ('status' in fresh) return fresh;
  if (change.attempted) {
    const found = await judgeLostWrite(parts, change, edit, fresh);
    if (found) return found;
    refuseToSendAgain(parts, change);
  }
  if (conflictsWith(base, fresh, target)) {
    const differences = diff(base, fresh);
    return { status: 'conflicted', outcome: { differences }, fresh: { kind: 'skill', skill: fresh } };
  }
  return patch(parts, change, edit, fresh, whole);
}

/** What became of a write that an earlier process may have sent; undefined when no effect of it can be seen. */
async function judgeLostWrite(
  parts: WriteParts,
  change: Change,
  edit: Edit,
  found: SkillContent,
): Promise<WriteResult | undefined> {
  const { before = edit.base, whole = false } = change.outcome ?? {};
  const expected = expectedAfter(before, edit.target, edit.fields);
  const sent = sentFields(edit, whole);
  const unchanged = edit.fields.every((field) => sameField(field, edit.base, found));
  if (unchanged && judgeReadBack(expected, found, sent).kind !== 'cleared') return undefined;
  if (!unchanged && (!isWritten(edit, expected, found) || (await isWrittenByOthers(parts, change, edit)))) {
    return overwritten(expected, found, parts.clock.now());
  }
  const result = await judge(parts, change, edit, expected, found, { logId: undefined, settled: true, sent });
  if (result.status === 'applied') parts.doubt.count -= 1;
  return result;
}

async function patch(
  parts: WriteParts,
  change: Change,
  edit: Edit,
  fresh: Skill,
  whole: boolean,
): Promise<WriteResult> {
  const expected = expectedAfter(fresh, edit.target, edit.fields);
  const fields = sentFields(edit, whole);
  const content = pick(expected, fields);

  const sent = await sendWrite<LogId>(parts, change, {
    attempted: { before: contentOf(fresh), whole },
    send: async (sender) => (await parts.helpdesk.patchSkill(sender, edit.id, content)).logId,
    look: async () => {
      const found = await presentSkill(parts.helpdesk, edit.id);
      if (found === 'gone') return { kind: 'other', result: gone() };
      if (isWritten(edit, expected, found)) return { kind: 'done', result: undefined };
      if (changedFields(fresh, found).length === 0) return { kind: 'no-effect' };
      return { kind: 'other', result: overwritten(expected, found, parts.clock.now()) };
    },
  });
  if (sent.kind === 'ended') return sent.result;
  const readBack = await certain(presentSkill(parts.helpdesk, edit.id));
  if (readBack === 'gone') return gone();
  const known = { logId: sent.result, settled: sent.kind === 'found', sent: fields };
  return judge(parts, change, edit, expected, readBack, known);
}

/** The skill was not kept from others all the time: what is there now may be theirs. */
const isWrittenByOthers = ({ store, doubt }: WriteParts, change: Change, { id }: Edit): Promise<boolean> =>
  store.changes.wasWritten(id, { since: lastSentAt(change, doubt), besides: change.id });

const isWritten = ({ fields }: Edit, expected: SkillContent, found: SkillContent): boolean =>
  fields.every((field) => sameField(field, expected, found));

/** A field that was sent and comes back empty was emptied by somebody else, not by the desk. */
const sentFields = ({ fields }: Edit, whole: boolean): readonly SkillField[] => (whole ? SKILL_FIELDS : fields);

const pick = (content: SkillContent, fields: readonly SkillField[]): Partial<SkillContent> =>
  Object.fromEntries(fields.map((field) => [field, content[field]]));

interface Known {
  logId: LogId;
  settled: boolean;
  /** The fields that the write had. */
  sent: readonly SkillField[];
}

async function judge(
  parts: WriteParts,
  change: Change,
  edit: Edit,
  expected: SkillContent,
  found: SkillContent,
  { logId, settled: wasLost, sent }: Known,
): Promise<WriteResult> {
  const verdict = judgeReadBack(expected, found, sent);
  const outcome = { log_id: logId, ...(wasLost && { settled: true }) };
  if (verdict.kind === 'as-expected') return { status: 'applied', outcome };
  if (verdict.kind === 'different') return mismatch(expected, found, { log_id: logId });
  return repair(parts, change, edit, expected, logId);
}

/** The desk clears what a PATCH leaves out: the whole skill is written back at once, and from now on always. */
async function repair(
  parts: WriteParts,
  change: Change,
  edit: Edit,
  expected: SkillContent,
  logId: LogId,
): Promise<WriteResult> {
  await parts.store.desks.rememberWholeWrites(parts.desk.id);
  const repairLogId = await writeBack(parts, change, edit.id, expected);
  const readBack = await certain(presentSkill(parts.helpdesk, edit.id));
  if (readBack === 'gone') return gone();
  if (changedFields(expected, readBack).length > 0) return mismatch(expected, readBack, { log_id: logId });
  return { status: 'applied', outcome: { log_id: repairLogId ?? logId, repaired: true } };
}

async function writeBack(parts: WriteParts, change: Change, id: SkillId, whole: SkillContent): Promise<LogId> {
  try {
    const sent = await sendWrite<LogId>(parts, change, {
      send: async (sender) => (await parts.helpdesk.patchSkill(sender, id, contentOf(whole))).logId,
      look: async () => {
        const found = await presentSkill(parts.helpdesk, id);
        if (found === 'gone') return { kind: 'other', result: gone() };
        const done = changedFields(whole, found).length === 0;
        return done ? { kind: 'done', result: undefined } : { kind: 'no-effect' };
      },
    });
    return sent.kind === 'ended' ? undefined : sent.result;
  } catch (error) {
    if (error instanceof Superseded) throw error;
    // Nothing more can be written, or it had no effect: the read-back tells what that left behind.
    if (error instanceof LoginNeeded || error instanceof EffectUnknown) return undefined;
    throw error;
  }
}

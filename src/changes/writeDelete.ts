import { changedFields, diff } from '../domain/diff.ts';
import type { SkillId } from '../domain/ids.ts';
import { EffectUnknownError } from './doubt.ts';
import { refuseToSendAgain, sendWrite } from './send.ts';
import {
  freshRead,
  goneInDoubt,
  isWrittenByOthers,
  presentSkill,
  readOrUnknown,
  type WriteResult,
  type WriteRun,
} from './write.ts';

/** Deletes a skill that is still as the preview showed it. Rejects like {@link sendWrite}. */
export async function writeDelete(run: WriteRun): Promise<WriteResult> {
  const { change, helpdesk, doubt } = run;
  const { skillId: id, base } = change;
  if (!id || !base) throw new TypeError(`change ${change.id} deletes nothing`);

  const before = await freshRead(run, id);
  if (before === 'gone') {
    if (await isDeletedByOthers(run, id)) return goneInDoubt();
    doubt.effectSeen();
    return { status: 'applied', outcome: { settled: true } };
  }
  if ('status' in before) return before;
  if (doubt.isOpen) refuseToSendAgain(run);
  const differences = diff(base, before);
  if (differences.length > 0) {
    if (doubt.isOpen) throw editedMeanwhile();
    return { status: 'conflicted', outcome: { differences }, fresh: { kind: 'skill', skill: before } };
  }

  const sent = await sendWrite<string | undefined>(run, {
    send: async (sender) => (await helpdesk.deleteSkill(sender, id)).logId,
    look: async () => {
      const found = await presentSkill(helpdesk, id);
      if (found === 'gone') {
        if (await isDeletedByOthers(run, id)) return { kind: 'other', result: goneInDoubt() };
        return { kind: 'done', result: undefined };
      }
      if (changedFields(base, found).length > 0) throw editedMeanwhile();
      return { kind: 'no-effect' };
    },
  });
  if (sent.kind === 'ended') return sent.result;
  const after = await readOrUnknown(presentSkill(helpdesk, id));
  if (after !== 'gone') throw new EffectUnknownError(new Error('the skill is still there'), STILL_THERE);
  return { status: 'applied', outcome: { logId: sent.result, ...(sent.kind === 'found' && { settled: true }) } };
}

/** Of a delete without an answer: another change has written the skill since, and may have been the one that deleted it. */
const isDeletedByOthers = async (run: WriteRun, id: SkillId): Promise<boolean> =>
  run.doubt.isOpen && !run.doubt.isAnswered && isWrittenByOthers(run, id);

/** Feishu said that it has deleted the skill: that is not asked for once more. */
const STILL_THERE = { kind: 'still-there', message: '' };

/**
 * Somebody edited the skill since the preview said what would be lost: the delete is not sent again, but the one that was
 * sent may still take effect.
 */
const editedMeanwhile = () =>
  new EffectUnknownError(new Error('the skill was edited meanwhile'), { kind: 'edited-meanwhile', message: '' });

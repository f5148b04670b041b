import { changedFields } from '../domain/diff.ts';
import type { SkillId } from '../domain/ids.ts';
import { idsNamed } from '../domain/listedSkills.ts';
import type { SkillContent } from '../domain/skill.ts';
import { FeishuError, toFailure } from '../feishu/errors.ts';
import { type Found, refuseToSendAgain, sendWrite } from './send.ts';
import {
  failed,
  gone,
  isWrittenByOthers,
  mismatch,
  presentSkill,
  readOrUnknown,
  type WriteResult,
  type WriteRun,
} from './write.ts';

interface Created {
  id: SkillId;
  logId: string | undefined;
}

/**
 * Creates a skill and reads it back. The API has no idempotency key, and that a skill is not there yet is no proof that it
 * never will be: after a lost answer it is looked for, and never sent again. The caller holds the name. Rejects like
 * {@link sendWrite}.
 */
export async function writeCreate(run: WriteRun): Promise<WriteResult> {
  const { change, doubt } = run;
  const { target, intent } = change;
  if (!target || intent.kind !== 'create') throw new TypeError(`change ${change.id} creates nothing`);
  const look = () => findCreated(run, target, intent.existing);

  const known = change.outcome?.createdId;
  if (known) return readBack(run, target, { id: known, logId: change.outcome?.logId, isLost: true });
  if (doubt.isOpen) {
    const found = await readOrUnknown(look());
    if (found.kind === 'done') {
      doubt.effectSeen();
      return readBack(run, target, { ...found.result, isLost: true });
    }
    refuseToSendAgain(run, { isOnce: true });
  }
  if (change.undoOf && (await run.store.changes.undoneBy([change.undoOf])).size > 0) {
    return failed({ kind: 'undone-already', message: '' });
  }
  const unseen = await newNamesakes(run, target, intent.existing);
  if (unseen) return unseen;
  const sent = await sendWrite<Created>(run, {
    send: (sender) => run.helpdesk.createSkill(sender, target),
    look,
    isOnce: true,
  });
  if (sent.kind === 'ended') return sent.result;
  return readBack(run, target, { ...sent.result, isLost: sent.kind === 'found' });
}

/** The preview did not warn of a skill that has this name by now: it has to be asked again. */
async function newNamesakes(
  { helpdesk }: WriteRun,
  { name }: SkillContent,
  existing: readonly SkillId[],
): Promise<WriteResult | undefined> {
  try {
    const skills = idsNamed(name, await helpdesk.listSkills());
    if (skills.every((id) => existing.includes(id))) return undefined;
    return { status: 'conflicted', outcome: {}, fresh: { kind: 'same-names', skills } };
  } catch (error) {
    if (error instanceof FeishuError) return failed(toFailure(error));
    throw error;
  }
}

/**
 * Looks for the skill that this create made: the only new one of that name that is exactly what was to be made, and that
 * no other change of this bot has made or can have made. Anything else may be somebody else's, and an undo would delete it.
 */
async function findCreated(run: WriteRun, target: SkillContent, existing: readonly SkillId[]): Promise<Found<Created>> {
  const { helpdesk, store, change } = run;
  const ids = idsNamed(target.name, await helpdesk.listSkills()).filter((id) => !existing.includes(id));
  const made = await store.changes.made(ids);
  // One that cannot be read may be the new one: as long as that is so, nothing is known.
  const skills = await Promise.all(ids.filter((id) => !made.has(id)).map((id) => presentSkill(helpdesk, id)));
  const fitting = skills
    .filter((skill) => skill !== 'gone')
    .filter((skill) => changedFields(target, skill).length === 0);
  const [only] = fitting;
  if (!only || fitting.length > 1) return { kind: 'no-effect' };
  // It had another name before, or is somebody else's in another way.
  if (await isWrittenByOthers(run, only.id)) return { kind: 'no-effect' };
  const others = await store.changes.doubtfulCreates(target.name);
  return others.some((id) => id !== change.id)
    ? { kind: 'no-effect' }
    : { kind: 'done', result: { id: only.id, logId: undefined } };
}

async function readBack(
  { helpdesk, doubt }: WriteRun,
  target: SkillContent,
  { id, logId, isLost }: Created & { isLost: boolean },
): Promise<WriteResult> {
  // Should the skill not be readable now, whoever looks again need not search for it.
  doubt.created({ createdId: id, logId });
  const skill = await readOrUnknown(presentSkill(helpdesk, id));
  const outcome = { createdId: id, logId, ...(isLost && { settled: true }) };
  if (skill === 'gone') return { status: 'mismatch', outcome: { ...gone().outcome, ...outcome } };
  if (changedFields(target, skill).length === 0) return { status: 'applied', outcome };
  return mismatch(target, skill, outcome);
}

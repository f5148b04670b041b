import { FeishuError } from '../feishu/errors.ts';
import { idsNamed } from '../feishu/helpdesk.ts';
import { changedFields } from '../skills/diff.ts';
import type { SkillId } from '../skills/ids.ts';
import type { SkillContent } from '../skills/skill.ts';
import type { Change } from '../store/change.ts';
import { HOLD_MS, lastSentAt } from './doubt.ts';
import { type Found, refuseToSendAgain, sendWrite } from './send.ts';
import {
  certain,
  failed,
  gone,
  mismatch,
  presentSkill,
  toFailure,
  type WriteParts,
  type WriteResult,
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
export async function writeCreate(parts: WriteParts, change: Change): Promise<WriteResult> {
  const { target, intent } = change;
  if (!target || intent.kind !== 'create') throw new TypeError(`change ${change.id} creates nothing`);
  const look = () => findCreated(parts, change, target, intent.existing);

  const known = change.outcome?.created_id;
  if (known) return readBack(parts, target, { id: known, logId: change.outcome?.log_id }, true);
  if (change.attempted) {
    const found = await certain(look());
    if (found.kind === 'done') {
      parts.doubt.count -= 1;
      return readBack(parts, target, found.result, true);
    }
    refuseToSendAgain(parts, change, true);
  }
  if (change.undo_of && (await parts.store.changes.undoneBy([change.undo_of])).size > 0) {
    return failed({ kind: 'undone-already', message: '' });
  }
  const unseen = await newNamesakes(parts, target, intent.existing);
  if (unseen) return unseen;
  const sent = await sendWrite<Created>(parts, change, {
    send: (sender) => parts.helpdesk.createSkill(sender, target),
    look,
    isOnce: true,
  });
  if (sent.kind === 'ended') return sent.result;
  return readBack(parts, target, sent.result, sent.kind === 'found');
}

/** The preview did not warn of a skill that has this name by now: it has to be asked again. */
async function newNamesakes(
  { helpdesk }: WriteParts,
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
async function findCreated(
  { helpdesk, store, doubt }: WriteParts,
  change: Change,
  target: SkillContent,
  existing: readonly SkillId[],
): Promise<Found<Created>> {
  const ids = idsNamed(target.name, await helpdesk.listSkills()).filter((id) => !existing.includes(id));
  const made = await store.changes.made(ids);
  // One that cannot be read may be the new one: as long as that is so, nothing is known.
  const skills = await Promise.all(ids.filter((id) => !made.has(id)).map((id) => presentSkill(helpdesk, id)));
  const fitting = skills
    .filter((skill) => skill !== 'gone')
    .filter((skill) => changedFields(target, skill).length === 0);
  const [only] = fitting;
  if (!only || fitting.length > 1) return { kind: 'no-effect' };
  // Sent so long before this one, another create would have been seen while it held the name.
  const since = lastSentAt(change, doubt) - HOLD_MS;
  const others = await store.changes.doubtfulCreates(target.name);
  const canBeOthers = others.some(({ id, sent_at = Number.POSITIVE_INFINITY }) => id !== change.id && sent_at > since);
  return canBeOthers ? { kind: 'no-effect' } : { kind: 'done', result: { id: only.id, logId: undefined } };
}

async function readBack(
  { helpdesk, doubt }: WriteParts,
  target: SkillContent,
  { id, logId }: Created,
  wasLost: boolean,
): Promise<WriteResult> {
  // Should the skill not be readable now, whoever looks again need not search for it.
  doubt.attempted = { ...doubt.attempted, created_id: id, log_id: logId };
  const skill = await certain(presentSkill(helpdesk, id));
  const outcome = { created_id: id, log_id: logId, ...(wasLost && { settled: true }) };
  if (skill === 'gone') return { status: 'mismatch', outcome: { ...gone().outcome, ...outcome } };
  if (changedFields(target, skill).length === 0) return { status: 'applied', outcome };
  return mismatch(target, skill, outcome);
}

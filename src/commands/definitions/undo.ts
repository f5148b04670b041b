import { z } from 'zod';
import { notUndoableCard } from '../../cards/undo.ts';
import { type PlannedUndo, planUndo } from '../../changes/undo.ts';
import type { Change } from '../../domain/change.ts';
import { ChangeId } from '../../domain/ids.ts';
import { withoutInvisibleAround } from '../../domain/writable.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import type { Context, Reply } from '../context.ts';
import { RefusedError } from '../errors.ts';
import { wholeText } from '../parse/arguments.ts';
import { askedIn, changeReply } from '../replies/changeReply.ts';

export const undo = defineCommand({
  name: 'undo',
  aliases: ['revert', '撤销'],
  summary: phrase('撤销一个变更；不写编号则撤销你最近的一个。', 'Take a change back; without an id, your latest one.'),
  usage: phrase('[<变更>]', '[<change>]'),
  examples: ['undo', 'undo 01HZX3J8Q4N7W5T2V9K6M1B0CD'],
  writes: true,
  input: z.object({ change: z.string() }),
  read: (line) => ({ change: wholeText(line) }),
  run: async ({ change: text }, context) =>
    text === '' ? undoLatest(context) : answerTo(await planFor(await named(text, context), context), context),
});

const planFor = (original: Change, context: Context): Promise<PlannedUndo> =>
  planUndo(context.services, askedIn(context), original);

const answerTo = (planned: PlannedUndo, context: Context): Reply =>
  planned.kind === 'planned' ? changeReply(context, planned.change) : { card: notUndoableCard(planned.why) };

/** How many changes are looked at whose skills are gone. */
const MAX_GONE = 10;

/** A change of a skill that is gone stands in nobody's way: then it is the one before that. */
async function undoLatest(context: Context): Promise<Reply> {
  const { changes } = context.services.store;
  let latest: PlannedUndo | undefined;
  let change = await changes.latestUndoable(context.actorId);
  for (let gone = 0; change && gone < MAX_GONE; gone += 1) {
    const planned = await planFor(change, context);
    if (planned.kind === 'planned' || planned.why.kind !== 'skill-gone') return answerTo(planned, context);
    latest ??= planned;
    change = await changes.latestUndoable(context.actorId, change.id);
  }
  if (!latest) throw new RefusedError({ kind: 'nothing-to-undo' });
  return answerTo(latest, context);
}

/** Cards write it with the word before it. */
const CHANGE = /^(?:变更|change)\s*/iu;

async function named(text: string, { services }: Context): Promise<Change> {
  const id = ChangeId.safeParse(withoutInvisibleAround(text.replace(CHANGE, '')).toUpperCase());
  const change = id.success ? await services.store.changes.get(id.data) : undefined;
  if (!change) throw new RefusedError({ kind: 'change-unknown', text });
  return change;
}

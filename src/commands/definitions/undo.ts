import { z } from 'zod';
import { notUndoableCard } from '../../cards/undo.ts';
import { planUndo } from '../../changes/undo.ts';
import { say } from '../../lib/phrase.ts';
import { ChangeId } from '../../skills/ids.ts';
import type { Change } from '../../store/change.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { RefusedError } from '../errors.ts';
import { textOf } from '../parse/arguments.ts';
import { askedIn, changeReply } from '../replies/changeReply.ts';

export const undo = defineCommand({
  name: 'undo',
  aliases: ['revert', '撤销'],
  summary: say('撤销一个变更；不写编号则撤销你最近的一个。', 'Take a change back; without an id, your latest one.'),
  usage: say('[<变更>]', '[<change>]'),
  examples: ['undo', 'undo 01HZX3J8Q4N7W5T2V9K6M1B0CD'],
  writes: true,
  input: z.object({ change: z.string() }),
  read: (line) => ({ change: textOf(line) }),
  async run({ change: text }, context) {
    const original = await meant(text, context);
    const planned = await planUndo(context.services, askedIn(context), original);
    if (planned.kind === 'planned') return changeReply(context, planned.change);
    return { card: notUndoableCard(planned.why) };
  },
});

async function meant(text: string, { services, actor }: Context): Promise<Change> {
  if (text === '') {
    const latest = await services.store.changes.latestUndoable(actor);
    if (!latest) throw new RefusedError({ kind: 'nothing-to-undo' });
    return latest;
  }
  const id = ChangeId.safeParse(text.toUpperCase());
  const change = id.success ? await services.store.changes.get(id.data) : undefined;
  if (!change) throw new RefusedError({ kind: 'change-unknown', text });
  return change;
}

import { z } from 'zod';
import { ChatId, type OpenId, SkillId, ViewId } from '../../domain/ids.ts';
import { DAY_MS } from '../../lib/durations.ts';
import { timeOrderedId } from '../../lib/random.ts';
import type { Command } from '../command.ts';
import type { Context, Reply, Services, View } from '../context.ts';
import { type AttemptedCommand, replyToFailure } from './refusals.ts';

/** Feishu delivers clicks on a card for 14 days (feishu-cards/configuring-card-interactions). */
const VIEW_MS = 14 * DAY_MS;

/** Runs a command with its input; every known failure comes back as a card. */
export async function perform(
  command: Command,
  input: Readonly<Record<string, unknown>>,
  understood: string,
  context: Context,
): Promise<Reply> {
  return answered({ command, input, understood }, context, async () => {
    // A change that could not be confirmed anyway is not planned.
    if (command.writes) await context.services.grants.ensure(context.actorId);
    return command.run(input, context);
  });
}

/** Runs `work`; every known failure of it comes back as a card. */
export async function answered(
  attempted: AttemptedCommand,
  context: Context,
  work: () => Promise<Reply>,
): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    return replyToFailure(error, attempted, context);
  }
}

const StoredView = z.object({
  command: z.string(),
  input: z.record(z.string(), z.unknown()),
  picks: z
    .object({
      command: z.string(),
      input: z.record(z.string(), z.unknown()),
      skills: z.array(SkillId),
      inForm: z.boolean().optional(),
    })
    .optional(),
  choices: z.object({ command: z.string(), inputs: z.array(z.record(z.string(), z.unknown())) }).optional(),
  form: z.array(z.string()).optional(),
  chatId: ChatId.optional(),
});

/** Stores what the buttons of a card stand for. */
export async function saveView({ store, clock, random }: Services, actorId: OpenId, view: View): Promise<ViewId> {
  const id = ViewId.parse(timeOrderedId(random, clock.now()));
  await store.views.save({ id, actorId, data: JSON.stringify(view), expiresAt: clock.now() + VIEW_MS });
  return id;
}

/** What the buttons of a card stand for, and whose card it is. Undefined when that is over or was never there. */
export async function loadView(
  { store, clock }: Services,
  id: string | undefined,
): Promise<{ actorId: OpenId; view: View } | undefined> {
  const viewId = ViewId.safeParse(id);
  const row = viewId.success ? await store.views.get(viewId.data, clock.now()) : undefined;
  return row && { actorId: row.actorId, view: StoredView.parse(JSON.parse(row.data)) };
}

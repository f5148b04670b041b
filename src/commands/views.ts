import { z } from 'zod';
import { ChatId, type OpenId, SkillId, ViewId } from '../domain/ids.ts';
import { DAY_MS } from '../lib/durations.ts';
import { timeOrderedId } from '../lib/random.ts';
import type { Services, View } from './context.ts';

/** Feishu delivers clicks on a card for 14 days (feishu-cards/configuring-card-interactions). */
const VIEW_MS = 14 * DAY_MS;

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

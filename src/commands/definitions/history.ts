import { z } from 'zod';
import { CHANGES_PER_PAGE, historyCard } from '../../cards/history.ts';
import { currentCard } from '../../changes/cards.ts';
import { ChangeId, SkillId } from '../../domain/ids.ts';
import { withoutInvisibleAround } from '../../domain/writable.ts';
import { FeishuError } from '../../feishu/errors.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import type { Context, Reply } from '../context.ts';
import { RefusedError } from '../errors.ts';
import { knownSkillForm } from '../forms/knownSkillForm.ts';
import { agentsOrText } from '../parse/arguments.ts';
import { withPage } from '../parse/page.ts';
import { AgentReference } from '../parse/people.ts';
import { resolveAgents, resolveSkill } from '../resolve/resolve.ts';

export const history = defineCommand({
  name: 'history',
  aliases: ['log', '历史', '记录'],
  summary: phrase(
    '查看通过机器人做过的修改：谁、何时、改了什么。',
    'Show what was changed through the bot, by whom and when.',
  ),
  usage: phrase('[<技能> | <客服> | <变更>] [--page N]', '[<skill> | <agent> | <change>] [--page N]'),
  examples: ['history', 'history VIP', 'history @Tom'],
  writes: false,
  worksAlone: true,
  form: knownSkillForm(phrase('查看历史', 'Show history')),
  input: z.object({
    skill: z.string().optional(),
    agent: AgentReference.optional(),
    page: z.number().int().optional(),
  }),
  read: (whole) => {
    const { page, line } = withPage(whole);
    return { ...agentsOrText(line), page };
  },
  async run({ skill: text, agent, page = 1 }, context) {
    const change = ChangeId.safeParse(text && withoutInvisibleAround(text).toUpperCase());
    if (change.success) return oneChange(change.data, context);
    const { store, people } = context.services;
    const [person] = agent ? await resolveAgents(people, [agent]) : [];
    const skill = text === undefined ? undefined : await presentOrPast(text, context);
    const filter = { skillId: skill?.id, actorId: person?.id };
    const { changes, more } = await store.changes.history(filter, (page - 1) * CHANGES_PER_PAGE, CHANGES_PER_PAGE);
    const input = { ...(skill && { skill: skill.id }), ...(agent && { agent }), page };
    const viewId = await context.saveView({ command: 'history', input });
    const undone = await store.changes.undoneBy(changes.map(({ id }) => id));
    return { card: historyCard({ viewId, changes, undone, page, more, about: skill?.name }) };
  },
});

/** Also a skill that is gone or cannot be read, by its id, when something is known of it. */
async function presentOrPast(text: string, { services }: Context): Promise<{ id: SkillId; name: string }> {
  try {
    return await resolveSkill(services.helpdesk, text);
  } catch (error) {
    const id = SkillId.safeParse(withoutInvisibleAround(text));
    const isUnreadable = error instanceof FeishuError && error.kind === 'unreadable';
    if (!(error instanceof RefusedError || isUnreadable) || !id.success) throw error;
    const [latest] = (await services.store.changes.history({ skillId: id.data }, 0, 1)).changes;
    if (!latest) throw error;
    return { id: id.data, name: latest.skillName };
  }
}

async function oneChange(id: ChangeId, { services }: Context): Promise<Reply> {
  const change = await services.store.changes.get(id);
  if (!change) throw new RefusedError({ kind: 'change-unknown', text: id });
  return { card: await currentCard(services.store, change) };
}

import { z } from 'zod';
import type { Field } from '../../cards/form.ts';
import { skillIntro } from '../../cards/skills.ts';
import { unreadableAgents } from '../../cards/unreadable.ts';
import type { OpenId } from '../../domain/ids.ts';
import type { EditIntent } from '../../domain/intent.ts';
import type { Remark } from '../../domain/remark.ts';
import type { Skill } from '../../domain/skill.ts';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { listIn, needed, peopleIn, skillField, textIn } from '../forms/form.ts';
import type { FormSpec } from '../forms/formSpec.ts';
import { skillThenAgents } from '../parse/arguments.ts';
import { AgentReference } from '../parse/people.ts';
import { askedIn, plannedReply } from '../replies/changeReply.ts';
import { resolveAgents, resolveSkill } from '../resolve/resolve.ts';

interface AgentEdit {
  name: string;
  aliases: readonly string[];
  summary: Phrase;
  formTitle: Phrase;
  examples: readonly string[];
  intent: (agentIds: OpenId[]) => EditIntent & { agentIds: OpenId[] };
  /** Whom the form offers, and who is chosen at first. May throw a {@link RefusedError}. */
  offer: (skill: Skill, roster: readonly OpenId[]) => { options: OpenId[]; chosen: OpenId[] };
}

/** The three commands that change who holds a skill differ in their intent, and in whom their form offers. */
export const agentEditCommand = (edit: AgentEdit): Command => {
  const { name, aliases, summary, examples, intent } = edit;
  return defineCommand({
    name,
    aliases,
    summary,
    examples,
    usage: phrase('<技能> <客服…>', '<skill> <agent…>'),
    writes: true,
    form: formOf(edit),
    input: z.object({ skill: z.string(), agents: z.array(AgentReference) }),
    read: skillThenAgents,
    async run({ skill: text, agents: references }, context) {
      const { helpdesk, people, planner } = context.services;
      const agents = await resolveAgents(people, references);
      const skill = await resolveSkill(helpdesk, text);
      const wanted = intent(agents.map((agent) => agent.id));
      const remarks = await strangerRemarks(context, wanted, skill);
      return plannedReply(context, skill, await planner.edit(askedIn(context, agents), wanted, skill, { remarks }));
    },
  });
};

/** Only those are warned of who would newly hold the skill. */
async function strangerRemarks(
  { services }: Context,
  wanted: EditIntent & { agentIds: OpenId[] },
  skill: Skill,
): Promise<Remark[]> {
  if (wanted.kind === 'remove-agents') return [];
  const added = wanted.agentIds.filter((id) => !skill.agentIds.includes(id));
  const agentIds = await services.roster.strangers(added);
  return agentIds.length > 0 ? [{ kind: 'not-agents', agentIds }] : [];
}

const formOf = ({ formTitle, offer }: AgentEdit): FormSpec => ({
  title: formTitle,
  async model(filled, context) {
    const { helpdesk, roster } = context.services;
    const text = textIn(filled, 'skill');
    const listed = await roster.all();
    const agents = [...listed.agents.keys()];
    const odd = unreadableAgents(listed.unreadable);
    if (text === undefined) {
      const { intro, skill } = await skillField(filled, context);
      if (skill.kind === 'choice') return { intro, steps: [skill], fields: [] };
      const fields = [skill, agentsField(agents, peopleIn(filled, 'agents'))];
      return { intro: [...intro, ...odd], steps: [], fields };
    }
    const skill = await resolveSkill(helpdesk, text);
    const { options, chosen } = offer(skill, agents);
    const values = 'agents' in filled ? peopleIn(filled, 'agents') : chosen;
    return { intro: [...skillIntro(skill), ...odd], steps: [], fields: [agentsField(options, values)] };
  },
  input: (filled) => {
    const skill = needed(filled, 'skill', 'skill');
    const agents = peopleIn(filled, 'agents').map((id) => ({ id, name: '' }));
    if (agents.length < Math.max(1, listIn(filled, 'agents').length))
      throw new UsageError({ kind: 'missing', argument: 'agent' });
    return { skill, agents };
  },
});

const agentsField = (options: readonly OpenId[], values: readonly OpenId[]): Field => ({
  kind: 'people',
  name: 'agents',
  label: phrase('客服', 'Agents'),
  options,
  values: values.filter((id) => options.length === 0 || options.includes(id)),
});

import { z } from 'zod';
import { type Phrase, say } from '../../lib/phrase.ts';
import type { OpenId } from '../../skills/ids.ts';
import type { EditIntent } from '../../skills/intent.ts';
import { askedIn, plannedReply } from '../changeReply.ts';
import { type Command, defineCommand } from '../command.ts';
import { AgentReference, skillThenAgents } from '../parse/arguments.ts';
import { resolveAgents, resolveSkill } from '../resolve.ts';

interface AgentEdit {
  name: string;
  aliases: readonly string[];
  summary: Phrase;
  examples: readonly string[];
  intent: (agent_ids: OpenId[]) => EditIntent;
}

/** The three commands that change who holds a skill differ in their intent only. */
export const agentEditCommand = ({ intent, ...facts }: AgentEdit): Command =>
  defineCommand({
    ...facts,
    usage: say('<技能> <客服…>', '<skill> <agent…>'),
    writes: true,
    input: z.object({ skill: z.string(), agents: z.array(AgentReference) }),
    read: skillThenAgents,
    async run({ skill: text, agents: references }, context) {
      const { helpdesk, people, planner } = context.services;
      const agents = await resolveAgents(people, references);
      const skill = await resolveSkill(helpdesk, text);
      const agent_ids = agents.map((agent) => agent.id);
      const planned = await planner.edit(askedIn(context, agents), intent(agent_ids), skill);
      return plannedReply(context, skill, planned);
    },
  });

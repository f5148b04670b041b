import { phrase } from '../../lib/phrase.ts';
import { agentEditCommand } from './agentEdits.ts';

export const addAgent = agentEditCommand({
  name: 'add-agent',
  aliases: ['add-agents', '添加客服', '加客服'],
  summary: phrase('让更多客服拥有技能。', 'Give a skill to more agents.'),
  formTitle: phrase('添加客服', 'Add agents'),
  examples: ['add-agent VIP @Sara', 'add-agent 6941215891786825756 ou_ea21d7f018e1155d960e40d33191f966'],
  intent: (agentIds) => ({ kind: 'add-agents', agentIds }),
  offer: (skill, roster) => ({ options: roster.filter((id) => !skill.agentIds.includes(id)), chosen: [] }),
});

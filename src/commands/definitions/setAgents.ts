import { phrase } from '../../lib/phrase.ts';
import { agentEditCommand } from './agentEdits.ts';

export const setAgents = agentEditCommand({
  name: 'set-agents',
  aliases: ['set-agent', '设定客服', '设置客服'],
  summary: phrase('让技能正好由这些客服拥有。', 'Make exactly these agents hold a skill.'),
  formTitle: phrase('设定客服', 'Set agents'),
  examples: ['set-agents VIP @Tom @Sara'],
  intent: (agentIds) => ({ kind: 'set-agents', agentIds }),
  offer: (skill, roster) => ({
    options: [...new Set([...skill.agentIds, ...roster])],
    chosen: skill.agentIds,
  }),
});

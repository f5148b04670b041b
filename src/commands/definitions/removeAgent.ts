import { phrase } from '../../lib/phrase.ts';
import { RefusedError } from '../errors.ts';
import { agentEditCommand } from './agentEdits.ts';

export const removeAgent = agentEditCommand({
  name: 'remove-agent',
  aliases: ['remove-agents', '移除客服', '删客服'],
  summary: phrase('让客服不再拥有技能。', 'Take a skill away from agents.'),
  formTitle: phrase('移除客服', 'Remove agents'),
  examples: ['remove-agent VIP @Tom'],
  intent: (agentIds) => ({ kind: 'remove-agents', agentIds }),
  offer: (skill) => {
    // Without options a form offers everybody in the chat.
    if (skill.agentIds.length === 0) throw new RefusedError({ kind: 'no-agents', skill });
    return { options: skill.agentIds, chosen: [] };
  },
});

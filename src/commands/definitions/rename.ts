import { z } from 'zod';
import { say } from '../../lib/phrase.ts';
import { askedIn, plannedReply } from '../changeReply.ts';
import { defineCommand } from '../command.ts';
import { skillThenName } from '../parse/arguments.ts';
import { checkedName } from '../parse/name.ts';
import { resolveSkill } from '../resolve.ts';

export const rename = defineCommand({
  name: 'rename',
  aliases: ['改名', '重命名', '修改名称'],
  summary: say('修改技能的名称。', 'Change the name of a skill.'),
  usage: say('<技能> <新名称…>', '<skill> <new name…>'),
  examples: ['rename VIP Tier 2', 'rename 6941215891786825756 "Tier 2"'],
  writes: true,
  input: z.object({ skill: z.string(), name: z.string() }),
  read: (line) => {
    const { skill, name } = skillThenName(line);
    return { skill, name: checkedName(name) };
  },
  async run({ skill: text, name }, context) {
    const { helpdesk, planner } = context.services;
    const skill = await resolveSkill(helpdesk, text);
    const planned = await planner.edit(askedIn(context), { kind: 'rename', name: checkedName(name) }, skill);
    return plannedReply(context, skill, planned);
  },
});

import { z } from 'zod';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { RefusedError } from '../errors.ts';
import { knownSkillForm } from '../forms/knownSkillForm.ts';
import { skillOnly } from '../parse/arguments.ts';
import { askedIn, changeReply } from '../replies/changeReply.ts';
import { withRulePeople } from '../resolve/names.ts';
import { resolveSkill } from '../resolve/resolve.ts';

export const deleteSkill = defineCommand({
  name: 'delete',
  aliases: ['删除', '删除技能'],
  summary: phrase('删除一个技能（默认技能除外）。', 'Delete a skill (never the default one).'),
  usage: phrase('<技能>', '<skill>'),
  examples: ['delete VIP'],
  writes: true,
  form: knownSkillForm(phrase('删除技能', 'Delete a skill')),
  input: z.object({ skill: z.string() }),
  read: skillOnly,
  async run({ skill: text }, context) {
    const { helpdesk, planner } = context.services;
    const skill = await resolveSkill(helpdesk, text);
    if (skill.isDefault) throw new RefusedError({ kind: 'default-skill', skill });
    const named = await withRulePeople(skill, skill.rules, context);
    const { change } = await planner.delete(askedIn(context), named);
    return changeReply(context, change);
  },
});

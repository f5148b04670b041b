import { z } from 'zod';
import { rulesCard } from '../../cards/skills.ts';
import { say } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { knownSkillForm } from '../forms/knownSkillForm.ts';
import { skillOnly } from '../parse/arguments.ts';
import { resolveSkill } from '../resolve/resolve.ts';

const ADD = { command: 'add-rule', label: say('添加条件', 'Add a rule') };
const CHANGE = [
  { command: 'edit-rule', label: say('修改条件', 'Edit a rule') },
  { command: 'remove-rule', label: say('移除条件', 'Remove a rule') },
];

export const rules = defineCommand({
  name: 'rules',
  aliases: ['conditions', '条件', '规则'],
  summary: say('查看技能的条件。', 'Show the rules of a skill.'),
  usage: say('<技能>', '<skill>'),
  examples: ['rules VIP'],
  writes: false,
  form: knownSkillForm(say('查看条件', 'Show rules')),
  input: z.object({ skill: z.string() }),
  read: skillOnly,
  async run({ skill: text }, context) {
    const skill = await resolveSkill(context.services.helpdesk, text);
    const viewId = await context.saveView({ command: 'rules', input: { skill: skill.id } });
    return { card: rulesCard(skill, viewId, skill.rules.length > 0 ? [ADD, ...CHANGE] : [ADD]) };
  },
});

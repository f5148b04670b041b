import { z } from 'zod';
import { skillCard } from '../../cards/skills.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { knownSkillForm } from '../forms/knownSkillForm.ts';
import { skillOnly } from '../parse/arguments.ts';
import { withRulePeople } from '../resolve/names.ts';
import { resolveSkill } from '../resolve/resolve.ts';

/** What the card of a skill offers. */
const ACTIONS = [
  { command: 'rename', label: phrase('改名', 'Rename') },
  { command: 'add-agent', label: phrase('添加客服', 'Add agents') },
  { command: 'remove-agent', label: phrase('移除客服', 'Remove agents') },
  { command: 'rules', label: phrase('条件', 'Rules') },
  { command: 'history', label: phrase('历史', 'History') },
];

const DELETE = { command: 'delete', label: phrase('删除', 'Delete') };

export const show = defineCommand({
  name: 'show',
  aliases: ['查看', '详情'],
  summary: phrase('查看一个技能的名称、客服和条件。', 'Show the name, agents and rules of a skill.'),
  usage: phrase('<技能>', '<skill>'),
  examples: ['show VIP', 'show 6941215891786825756'],
  writes: false,
  form: knownSkillForm(phrase('查看技能', 'Show a skill')),
  input: z.object({ skill: z.string() }),
  read: skillOnly,
  async run({ skill: text }, context) {
    const skill = await resolveSkill(context.services.helpdesk, text);
    const viewId = await context.saveView({ command: 'show', input: { skill: skill.id } });
    return {
      card: skillCard(
        await withRulePeople(skill, skill.rules, context),
        viewId,
        skill.isDefault ? ACTIONS : [...ACTIONS, DELETE],
      ),
    };
  },
});

import { z } from 'zod';
import { RULES_PER_PAGE, rulesCard } from '../../cards/skills.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { knownSkillForm } from '../forms/knownSkillForm.ts';
import { paged } from '../paging.ts';
import { skillOnly } from '../parse/arguments.ts';
import { withPage } from '../parse/page.ts';
import { withRulePeople } from '../resolve/names.ts';
import { resolveSkill } from '../resolve/resolve.ts';

const ADD = { command: 'add-rule', label: phrase('添加条件', 'Add a rule') };
const CHANGE = [
  { command: 'edit-rule', label: phrase('修改条件', 'Edit a rule') },
  { command: 'remove-rule', label: phrase('移除条件', 'Remove a rule') },
];

export const rules = defineCommand({
  name: 'rules',
  aliases: ['conditions', '条件', '规则'],
  summary: phrase('查看技能的条件。', 'Show the rules of a skill.'),
  usage: phrase('<技能> [--page N]', '<skill> [--page N]'),
  examples: ['rules VIP'],
  writes: false,
  form: knownSkillForm(phrase('查看条件', 'Show rules')),
  input: z.object({ skill: z.string(), page: z.number().int().optional() }),
  read: (whole) => {
    const { page, line } = withPage(whole);
    return { ...skillOnly(line), page };
  },
  async run({ skill: text, page: wanted = 1 }, context) {
    const skill = await resolveSkill(context.services.helpdesk, text);
    const { shown, page, pages } = paged(skill.rules, wanted, RULES_PER_PAGE);
    const viewId = await context.saveView({ command: 'rules', input: { skill: skill.id, page } });
    const actions = skill.rules.length > 0 ? [ADD, ...CHANGE] : [ADD];
    const named = await withRulePeople(skill, shown, context);
    return { card: rulesCard({ viewId, page, pages, actions, skill: named, rules: shown }) };
  },
});

import { z } from 'zod';
import { listCard, SKILLS_PER_PAGE } from '../../cards/skills.ts';
import { say } from '../../lib/phrase.ts';
import { folded } from '../../skills/ruleChoice.ts';
import type { SkillSummary } from '../../skills/skill.ts';
import { defineCommand } from '../command.ts';
import { nothingToAsk } from '../forms/form.ts';
import { paged } from '../paging.ts';
import { textOf, withPage } from '../parse/arguments.ts';

export const list = defineCommand({
  name: 'list',
  aliases: ['ls', '列表', '全部'],
  summary: say('列出全部技能，可按名称筛选。', 'List all skills, or those whose name contains a text.'),
  usage: say('[文字] [--page N]', '[text] [--page N]'),
  examples: ['list', 'list VIP'],
  writes: false,
  worksAlone: true,
  form: { title: say('全部技能', 'All skills'), model: nothingToAsk, input: () => ({ text: '', page: 1 }) },
  input: z.object({ text: z.string(), page: z.number().int() }),
  read: (whole) => {
    const { page, line } = withPage(whole);
    return { text: textOf(line), page };
  },
  async run({ text, page: wanted }, context) {
    const skills = matching(await context.services.helpdesk.listSkills(), text);
    const { shown, page, pages } = paged(skills, wanted, SKILLS_PER_PAGE);
    const viewId = await context.saveView({
      command: 'list',
      input: { text, page },
      picks: { command: 'show', input: {}, skills: shown.map((skill) => skill.id) },
    });
    return { card: listCard({ viewId, text, skills: shown, page, pages, total: skills.length }) };
  },
});

function matching(skills: readonly SkillSummary[], text: string): SkillSummary[] {
  const wanted = folded(text);
  // A text that draws nothing is not in every name.
  const isIn = (name: string): boolean => (wanted === '' ? name.includes(text) : folded(name).includes(wanted));
  return skills.filter((skill) => skill.id === text || isIn(skill.name));
}

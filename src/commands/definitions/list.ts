import { z } from 'zod';
import { listCard, SKILLS_PER_PAGE } from '../../cards/skills.ts';
import { folded } from '../../domain/ruleChoice.ts';
import { withoutInvisibleAround } from '../../domain/writable.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { nothingToAsk } from '../forms/form.ts';
import { paged } from '../paging.ts';
import { wholeText } from '../parse/arguments.ts';
import { withPage } from '../parse/page.ts';

export const list = defineCommand({
  name: 'list',
  aliases: ['ls', '列表', '全部'],
  summary: phrase('列出全部技能，可按名称筛选。', 'List all skills, or those whose name contains a text.'),
  usage: phrase('[文字] [--page N]', '[text] [--page N]'),
  examples: ['list', 'list VIP'],
  writes: false,
  worksAlone: true,
  form: { title: phrase('全部技能', 'All skills'), model: nothingToAsk, input: () => ({ text: '', page: 1 }) },
  input: z.object({ text: z.string(), page: z.number().int() }),
  read: (whole) => {
    const { page, line } = withPage(whole);
    return { text: wholeText(line), page };
  },
  async run({ text, page: wanted }, context) {
    const listed = await context.services.helpdesk.listSkills();
    const isWanted = fits(text);
    const skills = listed.skills.filter(isWanted);
    // One that has not even a name may be one that is looked for.
    const unreadable = listed.unreadable.filter((skill) => skill.name === undefined || isWanted(skill));
    const { shown, page, pages } = paged(skills, wanted, SKILLS_PER_PAGE);
    const viewId = await context.saveView({
      command: 'list',
      input: { text, page },
      picks: { command: 'show', input: {}, skills: shown.map((skill) => skill.id) },
    });
    return { card: listCard({ viewId, text, skills: shown, page, pages, total: skills.length, unreadable }) };
  },
});

/** A text that draws nothing is not in every name. */
function fits(text: string): (skill: { id: string | undefined; name: string | undefined }) => boolean {
  const [wanted, wantedId] = [folded(text), withoutInvisibleAround(text)];
  return ({ id, name = '' }) =>
    id === wantedId || (wanted === '' ? name.includes(text) : folded(name).includes(wanted));
}

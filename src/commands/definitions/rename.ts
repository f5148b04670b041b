import { z } from 'zod';
import { skillIntro } from '../../cards/skills.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { nameField, needed, skillField, textIn } from '../forms/form.ts';
import type { FormSpec } from '../forms/formSpec.ts';
import { skillThenName } from '../parse/arguments.ts';
import { checkedName } from '../parse/name.ts';
import { unquoted } from '../parse/words.ts';
import { askedIn, plannedReply } from '../replies/changeReply.ts';
import { resolveFirst, resolveSkill } from '../resolve/resolve.ts';

const LABEL = phrase('新名称', 'New name');

const form: FormSpec = {
  title: phrase('修改技能名称', 'Rename a skill'),
  async model(filled, context) {
    const text = textIn(filled, 'skill');
    if (text === undefined) {
      const name = nameField(LABEL, textIn(filled, 'name'));
      const { intro, skill } = await skillField(filled, context);
      return { intro, steps: [], fields: [skill, name] };
    }
    const skill = await resolveSkill(context.services.helpdesk, text);
    const name = textIn(filled, 'name') ?? skill.name;
    return { intro: skillIntro(skill), steps: [], fields: [nameField(LABEL, name)] };
  },
  input: (filled) => ({
    skill: needed(filled, 'skill', 'skill'),
    name: checkedName(textIn(filled, 'name') ?? ''),
  }),
};

export const rename = defineCommand({
  name: 'rename',
  aliases: ['改名', '重命名', '修改名称'],
  summary: phrase('修改技能的名称。', 'Change the name of a skill.'),
  usage: phrase('<技能> <新名称…>', '<skill> <new name…>'),
  examples: ['rename VIP Tier 2', 'rename 6941215891786825756 "Tier 2"'],
  writes: true,
  form,
  input: z.object({ skill: z.string(), name: z.string() }),
  read: (line) => {
    const { skill, name } = skillThenName(line);
    return { skill, name: checkedName(name) };
  },
  async run({ skill: text, name: typed }, context) {
    const { helpdesk, planner } = context.services;
    const { skill, taken } = await resolveFirst(helpdesk, text, typed.split(/\s+/u).slice(0, -1));
    const name = checkedName(taken === 0 ? typed : unquoted(withoutWords(typed, taken)));
    const planned = await planner.edit(askedIn(context), { kind: 'rename', name }, skill);
    return plannedReply(context, skill, planned);
  },
});

/** Without its first words; the spaces between the others stay as they are. */
const withoutWords = (text: string, count: number): string =>
  count === 0 ? text : withoutWords(text.replace(/^\S+\s+/u, ''), count - 1);

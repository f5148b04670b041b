import { z } from 'zod';
import type { Field } from '../../cards/form.ts';
import { skillIntro } from '../../cards/skills.ts';
import { say } from '../../lib/phrase.ts';
import { MAX_NAME_LENGTH } from '../../skills/skill.ts';
import { defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { skillField, textIn } from '../forms/form.ts';
import type { FormSpec } from '../forms/formSpec.ts';
import { skillThenName } from '../parse/arguments.ts';
import { checkedName } from '../parse/name.ts';
import { askedIn, plannedReply } from '../replies/changeReply.ts';
import { resolveSkill } from '../resolve/resolve.ts';

const form: FormSpec = {
  title: say('修改技能名称', 'Rename a skill'),
  async model(filled, context) {
    const text = textIn(filled, 'skill');
    if (text === undefined) {
      return { intro: [], steps: [], fields: [await skillField(filled, context), nameField(textIn(filled, 'name'))] };
    }
    const skill = await resolveSkill(context.services.helpdesk, text);
    const name = textIn(filled, 'name') ?? skill.name;
    return { intro: skillIntro(skill), steps: [], fields: [nameField(name)] };
  },
  input: (filled) => {
    const skill = textIn(filled, 'skill');
    if (skill === undefined) throw new UsageError({ kind: 'missing', argument: 'skill' });
    return { skill, name: checkedName(textIn(filled, 'name') ?? '') };
  },
};

const nameField = (value: string | undefined): Field => ({
  kind: 'text',
  name: 'name',
  label: say('新名称', 'New name'),
  hint: say(`最多 ${MAX_NAME_LENGTH} 个字符`, `At most ${MAX_NAME_LENGTH} characters`),
  value,
  // A little more than can be written: what is too long is told, never cut.
  maxLength: 1000,
});

export const rename = defineCommand({
  name: 'rename',
  aliases: ['改名', '重命名', '修改名称'],
  summary: say('修改技能的名称。', 'Change the name of a skill.'),
  usage: say('<技能> <新名称…>', '<skill> <new name…>'),
  examples: ['rename VIP Tier 2', 'rename 6941215891786825756 "Tier 2"'],
  writes: true,
  form,
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

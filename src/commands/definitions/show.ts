import { z } from 'zod';
import { skillCard } from '../../cards/skills.ts';
import { say } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { skillOnly } from '../parse/arguments.ts';
import { resolveSkill } from '../resolve.ts';

export const show = defineCommand({
  name: 'show',
  aliases: ['查看', '详情'],
  summary: say('查看一个技能的名称、客服和条件。', 'Show the name, agents and rules of a skill.'),
  usage: say('<技能>', '<skill>'),
  examples: ['show VIP', 'show 6941215891786825756'],
  writes: false,
  input: z.object({ skill: z.string() }),
  read: skillOnly,
  async run({ skill: text }, { services }) {
    return { card: skillCard(await resolveSkill(services.helpdesk, text)) };
  },
});

import type { UnreadableSkill } from '../../domain/unreadable.ts';
import { createHelpdesk } from '../../feishu/helpdesk.ts';
import { createLogger } from '../../lib/logger.ts';
import { phrase } from '../../lib/phrase.ts';
import { type Check, type Finding, ok, warning } from '../check.ts';

/** The helpdesk can be read with its id and token. */
export const helpdesk: Check = {
  name: 'helpdesk',
  title: phrase('服务台', 'Helpdesk'),
  needs: ['credentials'],
  variables: ['HELPDESK_ID', 'HELPDESK_TOKEN'],
  async run({ connection, config }) {
    const reading = createHelpdesk(connection.client, config.desk, createLogger('silent'));
    const { skills, unreadable } = await reading.listSkills();
    if (unreadable.length > 0) return oddSkills(unreadable);
    return ok(phrase(`可以读取，有 ${skills.length} 个客服技能。`, `It can be read: ${skills.length} agent skills.`));
  },
};

/** The bot works without them: they are shown as such, and left alone. */
function oddSkills(skills: readonly UnreadableSkill[]): Finding {
  const which = skills.map(({ id, name, part }) => `${name || id || '?'} (${part})`).join(', ');
  return warning(
    'unreadable_skills',
    phrase(
      `可以读取，但有 ${skills.length} 个技能读不懂：${which}。`,
      `It can be read, but these skills cannot: ${which}.`,
    ),
    phrase(
      '在服务台后台打开这些技能并重新保存；机器人不会修改它们。',
      'Open these skills in the helpdesk’s settings and save them again; the bot does not change them.',
    ),
  );
}

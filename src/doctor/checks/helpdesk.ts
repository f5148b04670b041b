import { createHelpdesk } from '../../feishu/helpdesk.ts';
import { say } from '../../lib/phrase.ts';
import { type Check, ok } from '../check.ts';

/** The helpdesk can be read with its id and token. */
export const helpdesk: Check = {
  name: 'helpdesk',
  title: say('服务台', 'Helpdesk'),
  needs: ['credentials'],
  variables: ['HELPDESK_ID', 'HELPDESK_TOKEN'],
  async run({ connection, config }) {
    const skills = await createHelpdesk(connection.client, config.desk).listSkills();
    return ok(say(`可以读取，有 ${skills.length} 个客服技能。`, `It can be read: ${skills.length} agent skills.`));
  },
};

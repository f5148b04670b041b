import { phrase } from '../../lib/phrase.ts';
import { type Check, ok } from '../check.ts';

/** The app is a bot. */
export const bot: Check = {
  name: 'bot',
  title: phrase('机器人能力', 'Bot ability'),
  needs: ['credentials'],
  variables: [],
  async run({ connection }) {
    await connection.people.self();
    return ok(phrase('已开启。', 'It is on.'));
  },
};

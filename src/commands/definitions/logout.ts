import { z } from 'zod';
import { loggedOutCard } from '../../cards/login.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { nothing } from '../parse/arguments.ts';

export const logout = defineCommand({
  name: 'logout',
  aliases: ['退出', '登出', '注销'],
  summary: phrase('删除机器人保存的你的授权。', 'Delete the authorisation that the bot keeps for you.'),
  usage: phrase('', ''),
  examples: ['logout'],
  writes: false,
  input: z.object({}),
  read: nothing,
  async run(_input, { services, actorId }) {
    return { card: loggedOutCard(await services.logins.logout(actorId)) };
  },
});

import { z } from 'zod';
import { whoAmICard } from '../../cards/login.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { nothing } from '../parse/arguments.ts';

export const whoami = defineCommand({
  name: 'whoami',
  aliases: ['我是谁'],
  summary: phrase('查看机器人保存的你的授权。', 'Show the authorisation that the bot keeps for you.'),
  usage: phrase('', ''),
  examples: ['whoami'],
  writes: false,
  input: z.object({}),
  read: nothing,
  run: async (_input, { services, actorId }) => ({
    card: whoAmICard(actorId, await services.grants.standing(actorId)),
  }),
});

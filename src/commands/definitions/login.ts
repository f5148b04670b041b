import { z } from 'zod';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { nothing } from '../parse/arguments.ts';
import { offerLogin } from '../replies/offerLogin.ts';

export const login = defineCommand({
  name: 'login',
  aliases: ['登录', '登陆', '授权'],
  summary: phrase('授权机器人以你的身份修改服务台。', 'Let the bot change the helpdesk in your name.'),
  usage: phrase('', ''),
  examples: ['login'],
  writes: false,
  input: z.object({}),
  read: nothing,
  run: (_input, context) => offerLogin(context, 'asked', false),
});

import { z } from 'zod';
import { whoAmICard } from '../../cards/login.ts';
import { say } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { nothing } from '../parse/arguments.ts';

export const whoami = defineCommand({
  name: 'whoami',
  aliases: ['我是谁'],
  summary: say('查看机器人保存的你的授权。', 'Show the authorisation that the bot keeps for you.'),
  usage: say('', ''),
  examples: ['whoami'],
  writes: false,
  input: z.object({}),
  read: nothing,
  async run(_input, { services, actor }) {
    const grant = await services.store.grants.get(actor);
    if (!grant) return { card: whoAmICard(actor, 'none') };
    if (grant.dead_reason) return { card: whoAmICard(actor, 'dead') };
    const { name, granted_at: grantedAt, refresh_expires_at: until } = grant;
    return { card: whoAmICard(actor, { name, grantedAt, until: until ?? grant.access_expires_at }) };
  },
});

import { z } from 'zod';
import { OpenId } from '../skills/ids.ts';
import type { FeishuClient } from './client.ts';

/** Who people are. Every call rejects with a FeishuError. */
export interface People {
  /** The person with a work mail address, if the app may see one (contact-v3/user/batch_get_id). */
  byEmail(emails: string[]): Promise<Map<string, OpenId>>;
  /** The bot's own open id (bot-v3/bot_info). */
  self(): Promise<OpenId>;
}

const Found = z.object({
  data: z.object({
    user_list: z
      .array(
        z.object({
          user_id: OpenId.or(z.literal('').transform(() => undefined)).nullish(),
          email: z.string().nullish(),
        }),
      )
      .nullish(),
  }),
});

const BotInfo = z.object({ bot: z.object({ open_id: OpenId }) });

export function createPeople(client: FeishuClient): People {
  return {
    async byEmail(emails) {
      const payload = { params: { user_id_type: 'open_id' as const }, data: { emails } };
      const { data } = await client.asApp(Found, (options) => client.sdk.contact.v3.user.batchGetId(payload, options));
      const found = (data.data.user_list ?? []).flatMap(({ email, user_id }): [string, OpenId][] =>
        email && user_id ? [[email.toLowerCase(), user_id]] : [],
      );
      return new Map(found);
    },
    async self() {
      const call = { method: 'GET', url: '/open-apis/bot/v3/info' };
      const { data } = await client.asApp(BotInfo, (options) => client.sdk.request(call, options));
      return data.bot.open_id;
    },
  };
}

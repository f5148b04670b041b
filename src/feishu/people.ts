import { z } from 'zod';
import { OpenId } from '../domain/ids.ts';
import type { FeishuClient } from './client.ts';

/** How many addresses one search takes (contact-v3/user/batch_get_id). */
const MAX_EMAILS = 50;

/** Who people are. Every call rejects with a FeishuError. */
export interface People {
  /** Whom these work mail addresses belong to, in lower case, as far as the app may see (contact-v3/user/batch_get_id). */
  byEmail(emails: string[]): Promise<Map<string, OpenId>>;
  /** The name of a person, if the app may see it (contact-v3/user/get). */
  nameOf(id: OpenId): Promise<string | undefined>;
  /** The bot's own open id (bot-v3/bot_info). */
  self(): Promise<OpenId>;
}

const Found = z.object({ data: z.object({ user_list: z.array(z.unknown()).nullish() }) });

/** Without an id nobody was found; one that cannot be read is nobody either, and hides no others. */
const FoundPerson = z.object({ user_id: OpenId, email: z.string().min(1) });

const Person = z.object({ data: z.object({ user: z.object({ name: z.string().optional() }) }) });

const BotInfo = z.object({ bot: z.object({ open_id: OpenId }) });

export function createPeople(client: FeishuClient): People {
  const search = async (emails: string[]): Promise<[string, OpenId][]> => {
    const payload = { params: { user_id_type: 'open_id' as const }, data: { emails } };
    const { data } = await client.asApp(Found, (sdk, options) => sdk.contact.v3.user.batchGetId(payload, options));
    return (data.data.user_list ?? []).flatMap((row): [string, OpenId][] => {
      const person = FoundPerson.safeParse(row).data;
      return person ? [[person.email.toLowerCase(), person.user_id]] : [];
    });
  };

  return {
    async byEmail(emails) {
      const found = new Map<string, OpenId>();
      for (let from = 0; from < emails.length; from += MAX_EMAILS) {
        for (const [email, id] of await search(emails.slice(from, from + MAX_EMAILS))) found.set(email, id);
      }
      return found;
    },
    async nameOf(id) {
      const payload = { params: { user_id_type: 'open_id' as const }, path: { user_id: id } };
      const { data } = await client.asApp(Person, (sdk, options) => sdk.contact.v3.user.get(payload, options));
      return data.data.user.name;
    },
    async self() {
      const call = { method: 'GET', url: '/open-apis/bot/v3/info' };
      const { data } = await client.asApp(BotInfo, (sdk, options) => sdk.request(call, options));
      return data.bot.open_id;
    },
  };
}

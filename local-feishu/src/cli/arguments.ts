import { parseArgs } from 'node:util';
import { z } from 'zod';

export const USAGE = `local-feishu [options]

A Feishu on this machine, for the bot that you develop: type, click and log in on its page, see every call and every push,
and let things go wrong. It prints what the bot has to be configured with; that is the same at every start.

  --bot URL                  where the bot listens, such as http://127.0.0.1:3000: it is asked until it answers the
                             address check. A path in it is where events go
  --events PATH              where events go instead (/feishu/events)
  --cards PATH               where card callbacks go (where events go)
  --long-connection          push over the long connection that the bot opens, instead of to its address
  --helpdesk                 with a helpdesk and its agent skills
  --redirect URL             an address that logins may lead back to; may be repeated (/oauth/callback of the bot)
  --name NAME                what the bot is called
  --port PORT                where it listens (3001; 0: any free one)
  --no-encryption            push in clear and unsigned
  --help, --version
`;

const address = z.url({ protocol: /^https?$/, error: 'is no address: write http://127.0.0.1:3000' });
const path = z.string().startsWith('/', { error: 'is no path: it has to begin with /' });

const optionsSchema = z.object({
  bot: address.optional(),
  events: path.optional(),
  cards: path.optional(),
  'long-connection': z.boolean().default(false),
  helpdesk: z.boolean().default(false),
  redirect: z.array(address).default([]),
  name: z.string().min(1).optional(),
  port: z.coerce.number({ error: 'is no port' }).int().min(0).max(65_535).default(3001),
  'no-encryption': z.boolean().default(false),
  help: z.boolean().default(false),
  version: z.boolean().default(false),
});

export interface Arguments {
  help: boolean;
  version: boolean;
  /** Where the bot is; undefined where it opens a long connection, or is not told. */
  addresses: { eventUrl: string; cardUrl: string } | undefined;
  isLong: boolean;
  hasHelpdesk: boolean;
  isEncrypted: boolean;
  redirectUris: string[];
  name: string | undefined;
  port: number;
}

/** Throws with what is wrong in words when there is something that is not understood. */
export function readArguments(args: readonly string[]): Arguments {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ bot: text, events: text, cards: text, name: text, port: text, redirect: { ...text, multiple: true } },
      ...{ 'long-connection': flag, helpdesk: flag, 'no-encryption': flag, help: flag, version: flag },
    },
  });
  const given = optionsSchema.safeParse(values);
  if (!given.success) {
    throw new Error(given.error.issues.map(({ path, message }) => `--${path[0]?.toString()} ${message}`).join('\n'));
  }
  const { bot, help, version, name, port, helpdesk, redirect } = given.data;
  const isLong = given.data['long-connection'];
  const callback = bot === undefined ? [] : [new URL('/oauth/callback', bot).href];
  return {
    ...{ help, version, isLong, name, port, hasHelpdesk: helpdesk, isEncrypted: !given.data['no-encryption'] },
    addresses: bot === undefined || isLong ? undefined : addressesOf(bot, given.data),
    redirectUris: redirect.length > 0 ? redirect : callback,
  };
}

function addressesOf(bot: string, { events, cards }: { events?: string | undefined; cards?: string | undefined }) {
  const { pathname } = new URL(bot);
  const eventUrl = new URL(events ?? (pathname === '/' ? '/feishu/events' : pathname), bot).href;
  return { eventUrl, cardUrl: cards === undefined ? eventUrl : new URL(cards, bot).href };
}

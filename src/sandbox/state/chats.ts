import { CHAT_IDS, GUESTS } from '../seed.ts';
import type { Chat, ChatRef, PersonKey } from '../types.ts';
import type { Directory } from './people.ts';

/** One group, and a direct chat of each acting person with the bot. */
export class Chats {
  readonly group: Chat;
  readonly p2p: Record<PersonKey, Chat>;

  constructor(directory: Directory) {
    const direct = (key: PersonKey): Chat => ({
      chatId: CHAT_IDS[key],
      kind: 'p2p',
      name: directory.people[key].name,
      members: [directory.people[key].openId],
      hasBot: true,
    });
    this.p2p = { owner: direct('owner'), admin: direct('admin'), employee: direct('employee') };
    this.group = {
      chatId: CHAT_IDS.group,
      kind: 'group',
      name: '服务台值班群',
      members: [...Object.values(directory.people), ...GUESTS].map((member) => member.openId),
      hasBot: true,
    };
  }

  all(): Chat[] {
    return [this.group, ...Object.values(this.p2p)];
  }

  byId(chatId: string): Chat | undefined {
    return this.all().find((chat) => chat.chatId === chatId);
  }

  /** The direct chat of a person with the bot. */
  directOf(openId: string): Chat | undefined {
    return Object.values(this.p2p).find((chat) => chat.members.includes(openId));
  }

  /** Resolves what callers write for a chat; `as` gives `p2p` a meaning. Throws when there is none. */
  resolve(ref: ChatRef, as?: PersonKey): Chat {
    if (typeof ref !== 'string') return this.resolve(ref.chatId);
    if (ref === 'group') return this.group;
    const key = ref === 'p2p' ? as : ref.startsWith('p2p:') ? ref.slice('p2p:'.length) : undefined;
    if (key === 'owner' || key === 'admin' || key === 'employee') return this.p2p[key];
    const chat = this.byId(ref);
    if (!chat) throw new Error(`there is no chat "${ref}": use group, p2p, p2p:<person> or a chat id`);
    return chat;
  }
}

import { CHAT_IDS, GUESTS } from '../seed.ts';
import type { ActorKey, Chat, ChatRef, Person, PersonKey } from '../types.ts';
import type { Directory } from './people.ts';

/** One group, and a direct chat of each acting person with the bot. */
export class Chats {
  readonly group: Chat;
  readonly p2p: Record<PersonKey, Chat>;
  readonly #ofColleagues: readonly Chat[];
  readonly #directory: Directory;

  constructor(directory: Directory) {
    const { owner, admin, employee } = directory.people;
    this.p2p = {
      owner: direct(owner, CHAT_IDS.owner),
      admin: direct(admin, CHAT_IDS.admin),
      employee: direct(employee, CHAT_IDS.employee),
    };
    this.#ofColleagues = directory.colleagues.map((person) => direct(person, person.openId.replace(/^ou_/, 'oc_')));
    this.#directory = directory;
    this.group = {
      chatId: CHAT_IDS.group,
      kind: 'group',
      name: '服务台值班群',
      members: [...Object.values(directory.people), ...directory.colleagues, ...GUESTS].map((member) => member.openId),
      hasBot: true,
    };
  }

  all(): Chat[] {
    return [this.group, ...this.#direct()];
  }

  byId(chatId: string): Chat | undefined {
    return this.all().find((chat) => chat.chatId === chatId);
  }

  /** The direct chat of a person with the bot. */
  directOf(openId: string): Chat | undefined {
    return this.#direct().find((chat) => chat.members.includes(openId));
  }

  /** Resolves what callers write for a chat; `as` gives `p2p` a meaning. Throws when there is none. */
  resolve(ref: ChatRef, as?: ActorKey): Chat {
    if (typeof ref !== 'string') return this.resolve(ref.chatId);
    if (ref === 'group') return this.group;
    const key = ref === 'p2p' ? as : ref.startsWith('p2p:') ? ref.slice('p2p:'.length) : undefined;
    const actor = this.#directory.actors().find((person) => person.key === key);
    const chat = actor ? this.directOf(actor.openId) : this.byId(ref);
    if (!chat) throw new Error(`there is no chat "${ref}": use group, p2p, p2p:<person> or a chat id`);
    return chat;
  }

  #direct(): Chat[] {
    return [...Object.values(this.p2p), ...this.#ofColleagues];
  }
}

const direct = (person: Person, chatId: string): Chat => ({
  chatId,
  kind: 'p2p',
  name: person.name,
  members: [person.openId],
  hasBot: true,
});

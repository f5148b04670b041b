import type { Directory, Person } from './directory.ts';

export interface Chat {
  chatId: string;
  kind: 'p2p' | 'group';
  name: string;
  /** Open ids of people. */
  members: string[];
  hasBot: boolean;
}

/** A chat, its id, `group`, `p2p:` and the key of a person, or `p2p`: the direct chat of who acts. */
export type ChatRef = Chat | string;

/** A group to be made. */
export interface GroupSeed {
  chatId: string;
  name: string;
  /** Keys of people, or open ids. Default: everybody. */
  members?: readonly string[];
}

/** Groups, and a direct chat of each acting person with the bot. */
export class Chats {
  readonly groups: readonly Chat[];
  readonly group: Chat;
  readonly p2p: Readonly<Record<string, Chat>>;

  /** `directIds`: the ids of direct chats, by the key of the person, where they are not to be made. */
  constructor(directory: Directory, groups: readonly GroupSeed[], directIds: Readonly<Record<string, string>>) {
    this.p2p = Object.fromEntries(
      directory
        .actors()
        .map((person) => [person.key, direct(person, directIds[person.key] ?? person.openId.replace(/^ou_/, 'oc_'))]),
    );
    this.groups = groups.map(({ chatId, name, members }) => ({
      chatId,
      kind: 'group',
      name,
      members: members?.map((member) => directory.people[member]?.openId ?? member) ?? everybody(directory),
      hasBot: true,
    }));
    const [first] = this.groups;
    if (!first) throw new Error('there has to be a group: `chats` is empty');
    this.group = first;
  }

  all(): Chat[] {
    return [...this.groups, ...Object.values(this.p2p)];
  }

  byId(chatId: string): Chat | undefined {
    return this.all().find((chat) => chat.chatId === chatId);
  }

  /** The direct chat of a person with the bot. */
  directOf(openId: string): Chat | undefined {
    return Object.values(this.p2p).find((chat) => chat.members.includes(openId));
  }

  /** Resolves what callers write for a chat; `as` gives `p2p` a meaning. Throws when there is none. */
  resolve(ref: ChatRef, as?: string): Chat {
    if (typeof ref !== 'string') return this.resolve(ref.chatId);
    if (ref === 'group') return this.group;
    const key = ref === 'p2p' ? as : ref.startsWith('p2p:') ? ref.slice('p2p:'.length) : undefined;
    const chat = key === undefined ? this.byId(ref) : this.p2p[key];
    if (!chat) throw new Error(`there is no chat "${ref}": use group, p2p, p2p:<person> or a chat id`);
    return chat;
  }
}

const everybody = ({ members }: Directory): string[] => members.map(({ openId }) => openId);

const direct = (person: Person, chatId: string): Chat => ({
  chatId,
  kind: 'p2p',
  name: person.name,
  members: [person.openId],
  hasBot: true,
});

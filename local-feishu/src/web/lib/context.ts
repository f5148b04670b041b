import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Setting } from '../../control/snapshot.ts';
import type { Chat } from '../../state/chats.ts';
import type { Member } from '../../state/directory.ts';
import type { Language } from './reading.ts';
import { TEXTS, type TextKey } from './texts.ts';

export interface Notice {
  type: 'info' | 'success' | 'warning' | 'error';
  text: string;
}

/** What every part of the page may need. */
export interface Session {
  language: Language;
  /** Who acts. */
  as: string;
  setting: Setting;
  chat: Chat;
  /** Everybody with an account, by open id. */
  members: ReadonlyMap<string, Member>;
  notify(notice: Notice): void;
  /** Shows a card's JSON in the panel. */
  inspect(messageId: string): void;
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('this part of the page needs a session around it');
  return session;
}

export function useText(): (key: TextKey) => string {
  const { language } = useSession();
  return (key) => TEXTS[key][language];
}

/** The name of somebody, the bot included, as a client of this language shows it; else the id. */
export function useNames(): (openId: string) => string {
  const { members, setting } = useSession();
  return (openId) => (openId === setting.bot.openId ? setting.bot.name : (members.get(openId)?.name ?? openId));
}

export const membersOf = ({ members }: Setting): ReadonlyMap<string, Member> =>
  new Map(members.map((member) => [member.openId, member]));

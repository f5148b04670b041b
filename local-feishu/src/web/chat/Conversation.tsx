import type { Snapshot } from '../../control/snapshot.ts';
import type { Chat } from '../../state/chats.ts';
import { useSession } from '../lib/context.ts';
import { Avatar } from './Avatar.tsx';
import { summaryOf } from './summary.ts';

interface Props {
  snapshot: Snapshot;
  chat: Chat;
  name: string;
  note: string;
  isBot: boolean;
  isOpen: boolean;
  onOpen(): void;
}

/** One line of the list of conversations: its name and its last message. */
export function Conversation({ snapshot, chat, name, note, isBot, isOpen, onOpen }: Props) {
  const { language } = useSession();
  const last = snapshot.messages.filter(({ chatId }) => chatId === chat.chatId).at(-1);
  return (
    <button type="button" class={`conversation${isOpen ? ' chosen' : ''}`} aria-current={isOpen} onClick={onOpen}>
      <Avatar id={chat.chatId} name={name} isBot={isBot} />
      <span class="conversation-words">
        <span class="conversation-name">{name}</span>
        <span class="conversation-last">{last ? summaryOf(last, language) : note}</span>
      </span>
    </button>
  );
}

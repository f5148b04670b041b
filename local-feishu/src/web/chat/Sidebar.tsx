import type { Snapshot } from '../../control/snapshot.ts';
import { useSession, useText } from '../lib/context.ts';
import { Conversation } from './Conversation.tsx';
import { PersonChoice } from './PersonChoice.tsx';

interface Props {
  snapshot: Snapshot;
  place: string;
  onPerson(person: string): void;
  onPlace(place: string): void;
  onLanguage(): void;
  onTheme(): void;
}

/** Who acts, and the conversations of that person. */
export function Sidebar({ snapshot, place, onPerson, onPlace, onLanguage, onTheme }: Props) {
  const { language, setting, as } = useSession();
  const text = useText();
  const { groups, p2p } = setting.chats;
  const direct = p2p[as];
  return (
    <aside class="sidebar">
      <div class="brand">
        <h1>{text('title')}</h1>
        <button
          type="button"
          class="icon-button"
          aria-label={text('language')}
          title={text('language')}
          onClick={onLanguage}
        >
          {language === 'zh' ? 'EN' : '中'}
        </button>
        <button type="button" class="icon-button" aria-label={text('theme')} title={text('theme')} onClick={onTheme}>
          ◐
        </button>
      </div>
      <PersonChoice onPerson={onPerson} />
      <nav class="conversations" aria-label={text('chats')}>
        <h2>{text('chats')}</h2>
        {direct && (
          <Conversation
            {...{ snapshot, chat: direct, name: setting.bot.name, note: text('direct'), isBot: true }}
            isOpen={place === 'p2p'}
            onOpen={() => onPlace('p2p')}
          />
        )}
        {groups.map((group) => (
          <Conversation
            key={group.chatId}
            {...{ snapshot, chat: group, name: group.name, isBot: false }}
            note={`${group.members.length} ${text('members')}`}
            isOpen={place === group.chatId}
            onOpen={() => onPlace(group.chatId)}
          />
        ))}
      </nav>
    </aside>
  );
}

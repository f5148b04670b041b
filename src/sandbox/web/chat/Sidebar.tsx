import type { Snapshot } from '../../control/snapshot.ts';
import type { PersonKey } from '../../types.ts';
import { useSession, useText } from '../lib/context.ts';
import { Conversation } from './Conversation.tsx';
import { PersonChoice } from './PersonChoice.tsx';

interface Props {
  snapshot: Snapshot;
  place: 'p2p' | 'group';
  onPerson(person: PersonKey): void;
  onPlace(place: 'p2p' | 'group'): void;
  onLanguage(): void;
  onTheme(): void;
}

/** Who acts, and the conversations of that person. */
export function Sidebar({ snapshot, place, onPerson, onPlace, onLanguage, onTheme }: Props) {
  const { language, setting, as } = useSession();
  const text = useText();
  const { group, p2p } = setting.chats;
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
        <Conversation
          {...{ snapshot, chat: p2p[as], name: setting.bot.name, note: text('direct'), isBot: true }}
          isOpen={place === 'p2p'}
          onOpen={() => onPlace('p2p')}
        />
        <Conversation
          {...{ snapshot, chat: group, name: group.name, isBot: false }}
          note={`${group.members.length} ${text('members')}`}
          isOpen={place === 'group'}
          onOpen={() => onPlace('group')}
        />
      </nav>
    </aside>
  );
}

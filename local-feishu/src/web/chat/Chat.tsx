import { useEffect } from 'preact/hooks';
import type { Snapshot } from '../../control/snapshot.ts';
import { post } from '../lib/api.ts';
import { useSession, useText } from '../lib/context.ts';
import { Composer } from './Composer.tsx';
import { Messages } from './Messages.tsx';

interface Props {
  snapshot: Snapshot;
  connected: boolean;
  panelIsOpen: boolean;
  onPanel(): void;
}

/** One conversation. */
export function Chat({ snapshot, connected, panelIsOpen, onPanel }: Props) {
  const { setting, chat } = useSession();
  const text = useText();
  useGreeting(snapshot);
  const isDirect = chat.kind === 'p2p';
  return (
    <main class="chat">
      <header class="chat-header">
        <div>
          <h2>{isDirect ? setting.bot.name : chat.name}</h2>
          <p>{isDirect ? text('robot') : `${text('group')} · ${chat.members.length} ${text('members')}`}</p>
        </div>
        <button
          id="panel-toggle"
          type="button"
          class={`button${panelIsOpen ? ' chosen' : ''}`}
          aria-expanded={panelIsOpen}
          onClick={onPanel}
        >
          {text('panel')}
        </button>
      </header>
      {!connected && (
        <p class="banner" role="alert">
          {text('lost')}
        </p>
      )}
      {setting.botIsRunning === false && (
        <p class="banner" role="alert">
          {text('botGone')}
        </p>
      )}
      <Messages snapshot={snapshot} />
      <Composer />
    </main>
  );
}

/** Tells the bot that its empty direct chat was opened, as a client does. */
function useGreeting({ messages }: Snapshot): void {
  const { as, chat, notify } = useSession();
  const isEmpty = !messages.some(({ chatId }) => chatId === chat.chatId);
  useEffect(() => {
    if (chat.kind !== 'p2p' || !isEmpty) return;
    post('open-bot', { as }).catch((error: unknown) => notify({ type: 'error', text: String(error) }));
    // Once for every conversation that is opened; not again when the first message comes.
  }, [chat.chatId]);
}

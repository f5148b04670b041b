import { useState } from 'preact/hooks';
import type { Snapshot } from '../control/snapshot.ts';
import { Chat } from './chat/Chat.tsx';
import { Sidebar } from './chat/Sidebar.tsx';
import { Toasts } from './chat/Toasts.tsx';
import { membersOf, SessionContext } from './lib/context.ts';
import { useLive } from './lib/live.ts';
import { useNotices } from './lib/notices.ts';
import { useLanguage, usePerson, useTheme } from './lib/preferences.ts';
import { TEXTS } from './lib/texts.ts';
import { SidePanel } from './panel/SidePanel.tsx';

/** The whole page: conversations, the chat, and what happens behind it. */
export function App() {
  const { snapshot, connected } = useLive();
  const [language, setLanguage] = useLanguage();
  const [theme, setTheme] = useTheme();
  if (!snapshot) return <p class="loading">{TEXTS.loading[language]}</p>;
  return (
    <Loaded
      {...{ snapshot, connected, language }}
      onLanguage={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
      onTheme={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
    />
  );
}

interface LoadedProps {
  snapshot: Snapshot;
  connected: boolean;
  language: 'zh' | 'en';
  onLanguage(): void;
  onTheme(): void;
}

function Loaded({ snapshot, connected, language, onLanguage, onTheme }: LoadedProps) {
  const { setting } = snapshot;
  const [as, setAs] = usePerson(Object.keys(setting.people));
  const [place, setPlace] = useState('p2p');
  const [panelIsOpen, setPanelOpen] = useState(false);
  const [inspected, setInspected] = useState<string>();
  const { notices, notify, dismiss } = useNotices();
  const { groups, group, p2p } = setting.chats;
  const chat = groups.find(({ chatId }) => chatId === place) ?? p2p[as] ?? group;
  const inspect = (messageId: string): void => {
    setInspected(messageId);
    setPanelOpen(true);
  };
  const closePanel = (): void => {
    setPanelOpen(false);
    document.getElementById('panel-toggle')?.focus();
  };
  const session = { language, as, setting, chat, members: membersOf(setting), notify, inspect };
  return (
    <SessionContext.Provider value={session}>
      <div class={`page ${panelIsOpen ? 'with-panel' : ''}`}>
        <Sidebar {...{ snapshot, place, onLanguage, onTheme }} onPerson={setAs} onPlace={setPlace} />
        <Chat key={chat.chatId} {...{ snapshot, connected, panelIsOpen }} onPanel={() => setPanelOpen(!panelIsOpen)} />
        {panelIsOpen && <SidePanel {...{ snapshot, inspected }} onClose={closePanel} />}
      </div>
      <Toasts notices={notices} onDismiss={dismiss} />
    </SessionContext.Provider>
  );
}

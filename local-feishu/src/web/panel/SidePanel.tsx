import { useEffect, useRef } from 'preact/hooks';
import type { Snapshot } from '../../control/snapshot.ts';
import { useText } from '../lib/context.ts';
import { Calls } from './Calls.tsx';
import { Deliveries } from './Deliveries.tsx';
import { Desk } from './Desk.tsx';
import { Faults } from './Faults.tsx';
import { Inspector } from './Inspector.tsx';

interface Props {
  snapshot: Snapshot;
  /** The message whose card is shown as JSON. */
  inspected: string | undefined;
  onClose(): void;
}

/** What happens behind the chat. */
export function SidePanel({ snapshot, inspected, onClose }: Props) {
  const text = useText();
  const { setting } = snapshot;
  const closeButton = useRef<HTMLButtonElement>(null);
  useEffect(() => closeButton.current?.focus(), []);
  useEscape(onClose);
  return (
    <aside class="panel" aria-label={text('panel')}>
      <div class="panel-head">
        <h2>{text('panel')}</h2>
        <button ref={closeButton} type="button" class="icon-button" aria-label={text('close')} onClick={onClose}>
          ×
        </button>
      </div>
      <div class="panel-body">
        <Faults />
        {setting.desk && <Desk desk={setting.desk} />}
        <Calls calls={snapshot.calls} />
        <Deliveries deliveries={snapshot.deliveries} />
        <Inspector message={snapshot.messages.find(({ messageId }) => messageId === inspected)} />
      </div>
    </aside>
  );
}

/** Unless somebody types or uses a card, where Escape closes other things. */
function useEscape(onClose: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isInChat = event.target instanceof Element && event.target.closest('.chat') !== null;
      if (event.key === 'Escape' && !isInChat) onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
}

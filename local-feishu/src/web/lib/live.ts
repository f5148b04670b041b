import { useEffect, useState } from 'preact/hooks';
import type { Change, Snapshot } from '../../control/snapshot.ts';

export interface Live {
  /** Undefined until the local Feishu has answered. */
  snapshot: Snapshot | undefined;
  /** False while the local Feishu cannot be reached. */
  connected: boolean;
}

/** The local Feishu as it is now, kept up to date by server-sent events; the browser reconnects by itself. */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({ snapshot: undefined, connected: false });
  useEffect(() => {
    const source = new EventSource('/sandbox/stream');
    source.addEventListener('all', (event) => setLive({ snapshot: JSON.parse(event.data), connected: true }));
    source.addEventListener('change', (event) => {
      const change: Change = JSON.parse(event.data);
      setLive(({ snapshot }) => ({ snapshot: snapshot && merged(snapshot, change), connected: true }));
    });
    source.addEventListener('error', () => setLive(({ snapshot }) => ({ snapshot, connected: false })));
    return () => source.close();
  }, []);
  return live;
}

const merged = (snapshot: Snapshot, change: Change): Snapshot => ({
  setting: change.setting ?? snapshot.setting,
  messages: upserted(snapshot.messages, change.messages, (message) => message.messageId),
  calls: upserted(snapshot.calls, change.calls, (call) => call.seq),
  deliveries: upserted(snapshot.deliveries, change.deliveries, (delivery) => delivery.seq),
});

/** The list with the changed entries in their places and the new ones at its end. */
function upserted<Entry>(list: Entry[], changed: Entry[] | undefined, keyOf: (entry: Entry) => unknown): Entry[] {
  if (!changed) return list;
  const byKey = new Map(list.map((entry) => [keyOf(entry), entry]));
  for (const entry of changed) byKey.set(keyOf(entry), entry);
  return [...byKey.values()];
}

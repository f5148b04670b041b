import { useRef, useState } from 'preact/hooks';
import type { Notice } from './context.ts';

/** How long a toast stays, in milliseconds. */
const STAY_MS = 6_000;

export interface ShownNotice extends Notice {
  key: number;
}

/** Toasts that go away by themselves. */
export function useNotices() {
  const [notices, setNotices] = useState<ShownNotice[]>([]);
  const next = useRef(0);
  const dismiss = (key: number): void => setNotices((shown) => shown.filter((notice) => notice.key !== key));
  const notify = (notice: Notice): void => {
    next.current += 1;
    const key = next.current;
    setNotices((shown) => [...shown.slice(-2), { ...notice, key }]);
    setTimeout(() => dismiss(key), STAY_MS);
  };
  return { notices, notify, dismiss };
}

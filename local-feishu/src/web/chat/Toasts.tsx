import { useText } from '../lib/context.ts';
import type { ShownNotice } from '../lib/notices.ts';

const SIGNS = { info: 'ℹ', success: '✓', warning: '!', error: '×' };

/** What the bot or the client says in passing. */
export function Toasts({ notices, onDismiss }: { notices: ShownNotice[]; onDismiss(key: number): void }) {
  const text = useText();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {notices.map((notice) => (
        <div key={notice.key} class={`toast toast-${notice.type}`}>
          <span class="toast-sign" aria-hidden="true">
            {SIGNS[notice.type]}
          </span>
          <span>{notice.text}</span>
          <button type="button" class="icon-button" aria-label={text('close')} onClick={() => onDismiss(notice.key)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}

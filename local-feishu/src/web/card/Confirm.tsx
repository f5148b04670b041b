import { useEffect, useRef } from 'preact/hooks';
import type { CardJson } from '../../json.ts';
import { useSession, useText } from '../lib/context.ts';
import { wordsOf } from '../lib/reading.ts';

interface Props {
  /** `confirm` of a control. */
  confirm: CardJson;
  onOk(): void;
  onClose(): void;
}

/** The question before a control does anything. Escape closes it. */
export function Confirm({ confirm, onOk, onClose }: Props) {
  const { language } = useSession();
  const text = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const title = wordsOf(confirm.title, language);
  return (
    <dialog ref={dialog} class="confirm" aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      <p>{wordsOf(confirm.text, language)}</p>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={onClose}>
          {text('cancel')}
        </button>
        <button
          type="button"
          class="button type-primary_filled"
          onClick={() => {
            onClose();
            onOk();
          }}
        >
          {text('ok')}
        </button>
      </div>
    </dialog>
  );
}

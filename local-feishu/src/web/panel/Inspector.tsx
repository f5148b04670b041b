import { useEffect, useRef } from 'preact/hooks';
import type { ShownMessage } from '../../control/snapshot.ts';
import { useSession, useText } from '../lib/context.ts';
import { Section } from './Section.tsx';

/** The JSON of one card, as it was sent. */
export function Inspector({ message }: { message: ShownMessage | undefined }) {
  const { notify } = useSession();
  const text = useText();
  const place = useRef<HTMLDivElement>(null);
  const id = message?.messageId;
  useEffect(() => {
    if (id !== undefined) place.current?.scrollIntoView({ block: 'start' });
  }, [id]);
  const json = message?.card === undefined ? undefined : JSON.stringify(message.card, null, 2);
  const copy = (): void => {
    navigator.clipboard.writeText(json ?? '').catch((error: unknown) => notify({ type: 'error', text: String(error) }));
  };
  return (
    <div ref={place}>
      <Section key={id} title={text('json')} open={json !== undefined}>
        {json === undefined ? (
          <p class="quiet">{text('jsonHint')}</p>
        ) : (
          <>
            <div class="fault-buttons">
              <button type="button" class="button button-small" onClick={copy}>
                {text('copy')}
              </button>
            </div>
            <pre class="json">{json}</pre>
          </>
        )}
      </Section>
    </div>
  );
}

import { isObject } from '../../json.ts';
import type { DeliveryEntry } from '../../state/deliveryLog.ts';
import { post } from '../lib/api.ts';
import { useSession, useText } from '../lib/context.ts';
import { exactTime } from '../lib/reading.ts';
import { Section } from './Section.tsx';

const SHOWN = 60;

/** What Feishu pushed to the bot, the newest first, every attempt by itself. */
export function Deliveries({ deliveries }: { deliveries: DeliveryEntry[] }) {
  const text = useText();
  const shown = deliveries.slice(-SHOWN).reverse();
  return (
    <Section title={text('deliveries')} note={deliveries.length}>
      {shown.length === 0 && <p class="quiet">{text('nothing')}</p>}
      <ul class="log">
        {shown.map((delivery) => (
          <li key={delivery.seq}>
            <Delivery delivery={delivery} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Delivery({ delivery }: { delivery: DeliveryEntry }) {
  const { notify } = useSession();
  const text = useText();
  const { eventId, eventType, attempt, status, tookMs, error, nextAttemptAt, startedAt, body } = delivery;
  const again = (): void => {
    post('redeliver', { event_id: eventId }).catch((reason: unknown) =>
      notify({ type: 'error', text: String(reason) }),
    );
  };
  return (
    <details class={error === undefined ? 'entry' : 'entry failed'}>
      <summary>
        <span class="path">{eventType}</span>
        <span class="outcome">
          {attempt > 1 ? `${text('attempt')} ${attempt} · ` : ''}
          {status === undefined ? text('waiting') : `${status || text('noAnswer')} · ${tookMs} ms`}
        </span>
      </summary>
      <p class="quiet">
        {exactTime(startedAt)} · {eventId}
        {nextAttemptAt === undefined ? '' : ` · ${text('nextAttempt')} ${exactTime(nextAttemptAt)}`}
      </p>
      {error !== undefined && <p class="error-text">{error}</p>}
      <div class="fault-buttons">
        <button type="button" class="button button-small" onClick={again}>
          {text('again')}
        </button>
        <button
          type="button"
          class="button button-small"
          onClick={() => saveAsFile(`${eventType}-${eventId.slice(0, 8)}.json`, body)}
        >
          {text('save')}
        </button>
      </div>
      <pre class="json">{JSON.stringify(withoutToken(body), null, 2)}</pre>
    </details>
  );
}

/** The verification token is the local Feishu's own: a replay puts in that of its receiver. */
function withoutToken(body: unknown): unknown {
  if (!isObject(body) || !isObject(body.header)) return body;
  return { ...body, header: { ...body.header, token: '' } };
}

/** In the form that `npm run replay` reads. */
function saveAsFile(name: string, body: unknown): void {
  const file = new Blob([`${JSON.stringify(withoutToken(body), null, 2)}\n`], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

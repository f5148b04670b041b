import { useErrorBoundary, useState } from 'preact/hooks';
import { controlsOf } from '../../clicks/controls.ts';
import type { CardJson } from '../../json.ts';
import { click, type Filled } from '../lib/api.ts';
import { useSession, useText } from '../lib/context.ts';
import { objectOf, textOf, toastText } from '../lib/reading.ts';
import { CardHeader } from './CardHeader.tsx';
import { Elements, ViewsContext } from './Elements.tsx';
import { layoutOf } from './layout.ts';
import { CardContext } from './session.ts';
import { VIEWS } from './views.ts';

interface Props {
  card: CardJson;
  /** Absent for a card that nobody can use, such as a rejected one. */
  messageId?: string;
}

/** A card of JSON 2.0, drawn from what the bot sent. One that cannot be drawn does not take the page with it. */
export function Card(props: Props) {
  const [error] = useErrorBoundary();
  if (error === undefined) return <DrawnCard {...props} />;
  return (
    <p class="card card-failure" role="alert">
      {String(error)}
    </p>
  );
}

function DrawnCard({ card, messageId }: Props) {
  const { send, pending, failure } = useSending(card, messageId);
  const body = objectOf(card.body);
  const width = textOf(objectOf(card.config).width_mode) ?? 'default';
  return (
    <CardContext.Provider value={{ pending, send }}>
      <div class={`card width-${width}`} aria-busy={pending !== undefined} data-card={messageId}>
        <CardHeader header={objectOf(card.header)} />
        <div class="card-body" style={layoutOf(body)}>
          <ViewsContext.Provider value={VIEWS}>
            <Elements list={body.elements} />
          </ViewsContext.Provider>
        </div>
        {failure !== undefined && (
          <p class="card-failure" role="alert" ref={(line) => line?.scrollIntoView({ block: 'nearest' })}>
            {failure}
          </p>
        )}
      </div>
    </CardContext.Provider>
  );
}

function useSending(card: CardJson, messageId: string | undefined) {
  const { as, language, notify } = useSession();
  const text = useText();
  const [pending, setPending] = useState<CardJson>();
  const [failure, setFailure] = useState<string>();
  const use = async (control: CardJson, filled: Filled): Promise<void> => {
    const index = controlsOf(card).findIndex(({ node }) => node === control);
    if (messageId === undefined || index < 0) return;
    const outcome = await click(as, messageId, index, filled);
    if (outcome.toast) notify({ type: outcome.toast.type, text: toastText(outcome.toast, language) });
    if (outcome.status === 'ok') return;
    const said = `${text('failed')} · ${text('code')} ${outcome.code}`;
    notify({ type: 'error', text: said });
    setFailure(`${said} (${outcome.message ?? ''})`);
  };
  const send = (control: CardJson, filled: Filled = {}): void => {
    if (pending) return;
    setPending(control);
    setFailure(undefined);
    use(control, filled)
      .catch((error: unknown) =>
        notify({ type: 'error', text: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => setPending(undefined));
  };
  return { send, pending, failure };
}

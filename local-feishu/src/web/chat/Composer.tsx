import { useEffect, useRef, useState } from 'preact/hooks';
import type { CommandHint } from '../../pageOptions.ts';
import { say } from '../lib/api.ts';
import { useSession, useText } from '../lib/context.ts';
import { OfferList } from './OfferList.tsx';
import { type Offer, offersFor } from './offers.ts';
import { Starters } from './Starters.tsx';
import { Usage } from './Usage.tsx';

/** The text box: Enter sends, Shift+Enter breaks the line, `@` and `/` complete, Escape closes the completion. */
export function Composer() {
  const { setting, chat, as } = useSession();
  const text = useText();
  const typing = useTyping();
  const { box, value, offers, chosen } = typing;
  const to = chat.kind === 'p2p' ? setting.bot.name : chat.name;
  const active = offers[chosen];
  useEffect(() => box.current?.focus(), [as, chat.chatId]);
  return (
    <div class="composer">
      {value === '' && <Starters onStart={typing.begin} />}
      {offers.length === 0 && <Usage line={value} />}
      {offers.length > 0 && <OfferList offers={offers} chosen={chosen} onTake={typing.take} />}
      <div class="composer-row">
        <textarea
          ref={box}
          rows={1}
          value={value}
          aria-label={`${text('placeholder')} ${to}`}
          placeholder={`${text('placeholder')} ${to}`}
          aria-controls="offers"
          aria-autocomplete="list"
          {...(active ? { 'aria-activedescendant': `offer-${chosen}` } : {})}
          onInput={({ currentTarget }) => typing.type(currentTarget.value, currentTarget.selectionStart)}
          onKeyDown={typing.key}
        />
        <button
          type="button"
          class="button type-primary_filled send"
          disabled={value.trim() === ''}
          onClick={typing.send}
        >
          {text('send')}
        </button>
      </div>
    </div>
  );
}

function useTyping() {
  const session = useSession();
  const { as, chat, notify } = session;
  const box = useRef<HTMLTextAreaElement>(null);
  const [value, setValue] = useState('');
  const [cursor, setCursor] = useState(0);
  const [chosen, setChosen] = useState(0);
  const [closed, setClosed] = useState(false);
  const offers = closed ? [] : withoutTyped(offersFor(value.slice(0, cursor), session), value);

  const type = (typed: string, at: number): void => {
    setValue(typed);
    setCursor(at);
    setChosen(0);
    setClosed(false);
  };
  const begin = (typed: string): void => {
    type(typed, typed.length);
    box.current?.focus();
  };
  const take = (offer: Offer): void => {
    const before = `${value.slice(0, offer.from)}${offer.text}`;
    type(`${before}${value.slice(cursor)}`, before.length);
    setClosed(offer.openId === undefined);
    box.current?.focus();
  };
  const send = (): void => {
    const line = value.trim();
    if (line === '') return;
    type('', 0);
    say(as, chat.chatId, line).catch((error: unknown) => {
      type(value, value.length);
      notify({ type: 'error', text: error instanceof Error ? error.message : String(error) });
    });
    box.current?.focus();
  };
  const move = (step: number): void => setChosen((chosen + step + offers.length) % offers.length);
  const key = (event: KeyboardEvent): void => {
    // Enter also ends the choice of characters in a Chinese input method.
    if (event.isComposing) return;
    // A whole word is sent as it is, unless somebody has moved to an offer.
    const isWhole = chosen === 0 && isWholeWord(value, session.setting.hints);
    const offer = event.key === 'Enter' && isWhole ? undefined : offers[chosen];
    const act = keyAct(event, offer, { move, take, send, close: () => setClosed(true) });
    if (!act) return;
    event.preventDefault();
    act();
  };
  return { box, value, offers, chosen, type, begin, take, send, key };
}

/** A person or command that already stands there in full is no offer. */
const withoutTyped = (offers: Offer[], value: string): Offer[] =>
  offers.filter((offer) => !value.startsWith(offer.text, offer.from) && offer.text.trim() !== value.trim());

/** Whether the line ends where a word of a command does: `/skill` as well as `/skill list`. */
const isWholeWord = (value: string, hints: readonly CommandHint[]): boolean =>
  hints.some(({ insert }) => `${insert.trim()} `.startsWith(`${value.trim()} `));

interface KeyActs {
  move(step: number): void;
  take(offer: Offer): void;
  send(): void;
  close(): void;
}

function keyAct(event: KeyboardEvent, offer: Offer | undefined, acts: KeyActs): (() => void) | undefined {
  if (event.key === 'Enter' && !event.shiftKey && !offer) return acts.send;
  if (!offer) return undefined;
  switch (event.key) {
    case 'Escape':
      return acts.close;
    case 'ArrowDown':
      return () => acts.move(1);
    case 'ArrowUp':
      return () => acts.move(-1);
    case 'Tab':
    case 'Enter':
      return event.shiftKey ? undefined : () => acts.take(offer);
    default:
      return undefined;
  }
}

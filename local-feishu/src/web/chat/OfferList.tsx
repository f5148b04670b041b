import { useEffect } from 'preact/hooks';
import { useText } from '../lib/context.ts';
import { Avatar } from './Avatar.tsx';
import type { Offer } from './offers.ts';

interface Props {
  offers: Offer[];
  chosen: number;
  onTake(offer: Offer): void;
}

/** What the text box can complete, above it. */
export function OfferList({ offers, chosen, onTake }: Props) {
  const text = useText();
  const isPeople = offers[0]?.openId !== undefined;
  useEffect(() => document.getElementById(`offer-${chosen}`)?.scrollIntoView({ block: 'nearest' }), [chosen]);
  return (
    <div class="offers" id="offers" role="listbox" aria-label={text(isPeople ? 'people' : 'commands')}>
      {offers.map((offer, index) => (
        <div
          key={offer.key}
          id={`offer-${index}`}
          class={index === chosen ? 'offer chosen' : 'offer'}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          onPointerDown={(event) => {
            event.preventDefault();
            onTake(offer);
          }}
        >
          {offer.openId !== undefined && <Avatar id={offer.openId} name={offer.label} size="tiny" />}
          <span class="offer-label">{offer.label}</span>
          <span class="offer-note">{offer.note}</span>
        </div>
      ))}
    </div>
  );
}

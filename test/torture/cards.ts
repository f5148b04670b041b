import type { CardJson, StoredMessage } from 'local-feishu';
import type { CardFact } from './history.ts';

type Node = Readonly<{ [key: string]: unknown }>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a card shows of a change. */
export function cardFact({ messageId, card, history }: StoredMessage): CardFact {
  const callbacks = card ? callbacksIn(card) : [];
  const shown = history.map((version) => changeIdIn(version, callbacksIn(version)));
  const first = shown.findIndex((changeId) => changeId !== undefined);
  const header = card && isNode(card.header) ? card.header : {};
  return {
    messageId,
    changeId: card && changeIdIn(card, callbacks),
    isWithdrawn: first >= 0 && shown.slice(first).includes(undefined),
    template: String(header.template),
    actions: callbacks.map(({ action }) => String(action)),
  };
}

/** What the buttons of a card call back with. */
export function callbacksIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(callbacksIn);
  if (!isNode(value)) return [];
  if (value.type === 'callback') return isNode(value.value) ? [value.value] : [];
  return Object.values(value).flatMap(callbacksIn);
}

/** The first change that its small print names; the one that it undoes comes second. */
const PRINTED = /"[^"]*\bChange ([0-9A-HJKMNP-TV-Z]{26})\b/;

function changeIdIn(card: CardJson, callbacks: readonly Node[]): string | undefined {
  const pressed = callbacks.find(({ action }) => typeof action === 'string' && action.startsWith('change.'));
  if (typeof pressed?.id === 'string') return pressed.id;
  return PRINTED.exec(JSON.stringify(card))?.[1];
}

/** Where the card's first button leads that opens a page. */
export const linkIn = (card: CardJson | undefined): string | undefined =>
  /"default_url":"(http[^"]+)"/.exec(JSON.stringify(card ?? {}))?.[1];

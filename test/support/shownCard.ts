import type { CardJson, StoredMessage } from 'local-feishu';
import type { LocalFeishu } from './localFeishu.ts';

/** How long a story waits for what has to come, on a machine that has much else to do. */
export const WAIT_MS = 45_000;

/** A card of the bot, always as it is shown at the moment. */
export interface ShownCard {
  readonly messageId: string;
  readonly chatId: string;
  /** The message it answers. */
  readonly replyTo: string | undefined;
  readonly card: CardJson;
  readonly template: string;
  /** English, as the other texts here. */
  readonly title: string;
  readonly text: string;
  /** Everything in Chinese. */
  readonly chinese: string;
  /** What its buttons call back with. */
  readonly actions: string[];
  /** The versions that were shown, as templates. */
  readonly templates: string[];
  /** Waits until the card has this colour. */
  becomes(template: string, timeoutMs?: number): Promise<void>;
  /** The next card that answers the same message. */
  next(timeoutMs?: number): Promise<ShownCard>;
}

/** The first card that answers a message. */
export async function answerTo(
  sandbox: LocalFeishu,
  sent: { messageId: string },
  timeoutMs?: number,
): Promise<ShownCard> {
  return shown(sandbox, await sandbox.waitForMessage(answers(sent.messageId), timeoutMs ?? WAIT_MS));
}

/** All cards that answer a message by now. */
export const answersTo = (sandbox: LocalFeishu, sent: { messageId: string }): ShownCard[] =>
  sandbox
    .messages()
    .filter(answers(sent.messageId))
    .map((message) => shown(sandbox, message));

const answers = (question: string) => (message: StoredMessage) =>
  message.replyTo === question && message.senderKind === 'bot';

/** A message of the bot as its card. */
export function shown(sandbox: LocalFeishu, { messageId, chatId, replyTo }: StoredMessage): ShownCard {
  const current = (): StoredMessage & { card: CardJson } => {
    const message = sandbox.message(messageId);
    if (!message?.card) throw new Error(`the message ${messageId} shows no card`);
    return { ...message, card: message.card };
  };
  return {
    messageId,
    chatId,
    replyTo,
    get card() {
      return current().card;
    },
    get template() {
      return templateOf(current().card);
    },
    get title() {
      return textsOf(nodeOf(current().card.header).title, 'en_us').join('');
    },
    get text() {
      return textsOf(current().card.body, 'en_us').join('\n');
    },
    get chinese() {
      return textsOf({ ...current().card, config: {} }, 'zh_cn').join('\n');
    },
    get actions() {
      return actionsIn(current().card);
    },
    get templates() {
      return current().history.map(templateOf);
    },
    async becomes(template, timeoutMs = WAIT_MS) {
      await sandbox.waitForMessage(
        (message) => message.messageId === messageId && templateOf(message.card ?? {}) === template,
        timeoutMs,
      );
    },
    async next(timeoutMs = WAIT_MS) {
      const isNext = (message: StoredMessage) => answers(replyTo ?? '')(message) && message.messageId !== messageId;
      return shown(sandbox, await sandbox.waitForMessage(isNext, timeoutMs));
    },
  };
}

type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const nodeOf = (value: unknown): Node => (isNode(value) ? value : {});

const templateOf = (card: CardJson): string => String(nodeOf(card.header).template);

function textsOf(value: unknown, language: 'zh_cn' | 'en_us'): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item, language));
  if (!isNode(value)) return [];
  const text = nodeOf(value.i18n_content)[language];
  const own = typeof text !== 'string' ? [] : [value.tag === 'markdown' ? readable(text) : text];
  const inner = Object.entries(value).filter(([key]) => key !== 'i18n_content' && key !== 'value');
  return [...own, ...inner.flatMap(([, part]) => textsOf(part, language))];
}

/** What a reader sees of markdown, as far as stories care: entities are characters, bold is not marked. */
const readable = (text: string): string =>
  text.replaceAll('**', '').replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

/** All markdown of a card as it was sent: there text of a person could become something else. */
export function markupIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(markupIn);
  if (!isNode(value)) return [];
  const isMarkup = value.tag === 'markdown' || value.tag === 'lark_md';
  const own = isMarkup ? [value.content, ...Object.values(nodeOf(value.i18n_content))] : [];
  return [...own.filter((text) => typeof text === 'string'), ...Object.values(value).flatMap(markupIn)];
}

function actionsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(actionsIn);
  if (!isNode(value)) return [];
  if (value.type === 'callback') return [String(nodeOf(value.value).action)];
  return Object.values(value).flatMap(actionsIn);
}

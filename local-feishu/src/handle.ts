import type { ClickInput } from './clicks/actions.ts';
import type { ClickOutcome, RawClickOptions } from './clicks/clicks.ts';
import type { ClickTarget } from './clicks/controls.ts';
import type { Credentials } from './credentials.ts';
import type { LongConnections } from './longConnection/types.ts';
import type { Decision } from './pages/authorizePage.ts';
import type { Page } from './pages/browser.ts';
import type { Revoked } from './pushes/otherEvents.ts';
import type { ReplayEvent, Replayed, ReplayOptions } from './pushes/replay.ts';
import type { SayOptions, SentMessage } from './pushes/say.ts';
import type { Settings } from './settings.ts';
import type { AppState } from './state/appState.ts';
import type { CallLog } from './state/callLog.ts';
import type { Chat, ChatRef } from './state/chats.ts';
import type { DeliveryLog } from './state/deliveryLog.ts';
import type { Bot, Person } from './state/directory.ts';
import type { Faults } from './state/faults.ts';
import type { GrantState } from './state/grants.ts';
import type { StoredMessage } from './state/messages.ts';

/** The local Feishu. */
export interface LocalFeishu<Key extends string = string> {
  /** Base of the open API and of the accounts pages, without a slash at the end. */
  readonly url: string;
  readonly credentials: Credentials;
  readonly people: { readonly [Each in Key]: Person<Each> };
  readonly bot: Bot;
  readonly chats: {
    readonly groups: readonly Chat[];
    /** The first of them. */
    readonly group: Chat;
    readonly p2p: Readonly<Record<Key, Chat>>;
  };
  /** Mutable. */
  readonly settings: Settings;

  /**
   * Remembers the bot's addresses (`cardUrl` defaults to `eventUrl`) and sends the address check to both.
   * Throws when one does not answer correctly in time. `tries`: how often an address without any answer in time is asked,
   * for a bot on a machine that has much else to do. Default 1.
   */
  connect(target: { eventUrl: string; cardUrl?: string; tries?: number }): Promise<void>;
  /** Sends everything over the long connection from now on. Rejects when the bot has none within 10 s. */
  useLongConnection(): Promise<void>;
  readonly longConnections: LongConnections;

  /**
   * Posts what a person types. `@` and a name, English name or its first word, key, open_id, `bot` or `all` become
   * mentions, for example `@Tom`, `@张三`, `@admin`, `@bot`. Resolves when the message exists; its delivery goes on in the background.
   */
  say(as: Key, chat: ChatRef, text: string, options?: SayOptions): Promise<SentMessage>;
  /** Uses a control of the card as it is now shown. Throws when a client would not let the person do it. */
  click(as: Key, messageId: string, target: ClickTarget, input?: ClickInput): Promise<ClickOutcome>;
  /** Sends a callback with a hand-made action, whatever the card shows. */
  clickRaw(
    as: Key,
    messageId: string,
    action: Record<string, unknown>,
    options?: RawClickOptions,
  ): Promise<ClickOutcome>;
  /** Opens the direct chat: im.chat.access_event.bot_p2p_chat_entered_v1. Gives the event id, as the next ones. */
  openBot(as: Key): Promise<string>;
  /** im.chat.member.bot.added_v1; `by` defaults to the owner, or else the first of the people. */
  addBotToGroup(by?: Key): Promise<string>;
  /** The bot is no longer in the group: sends there fail with 230002. No event. */
  removeBotFromGroup(): void;
  /** application.bot.menu_v6. */
  menu(as: Key, eventKey: string): Promise<string>;
  /** Drops the person's tokens and sends auth.user_access_token.revoked_v4. Default: all tokens. */
  revoke(as: Key, what?: Revoked): Promise<string>;
  /** The person takes one scope back: the next refresh comes without it. No event. */
  withdrawScope(as: Key, scope: string): void;
  /** The message disappears; updates and replies fail with 230011. */
  recall(messageId: string): void;
  /** Follows a login link up to the authorize page and decides there. The caller fetches the location. */
  authorize(as: Key, authorizeUrl: string, decision?: Decision): Promise<{ location: string }>;
  /** The whole journey of a browser from the login link, of either flow, to the last page, whatever that is. */
  login(as: Key, loginUrl: string, decision?: Decision, acceptLanguage?: string): Promise<Page>;

  message(messageId: string): StoredMessage | undefined;
  messages(chat?: ChatRef): StoredMessage[];
  /** Links of the card as now shown: open_url of controls first, then links in markdown. */
  links(messageId: string): string[];
  /** The first message that fits, now or later; checked again on every post and update. Default 30 s. */
  waitForMessage(predicate: (message: StoredMessage) => boolean, timeoutMs?: number): Promise<StoredMessage>;

  /** The app's subscriptions and versions. Mutable. */
  readonly app: AppState;
  /** Scans the QR code of a new app: opens its link and decides. Throws when it has expired. */
  scan(link: string, decision?: 'approved' | 'denied'): void;

  readonly calls: CallLog;
  readonly deliveries: DeliveryLog;
  readonly faults: Faults;
  /** Sends an event again now, or all the same under a new event id. */
  redeliver(eventId: string, options?: { newEventId?: boolean }): Promise<void>;
  /** Sends a recorded or hand-written event as if it happened now. Throws when its chat or card is not here. */
  replay(event: ReplayEvent, options?: ReplayOptions): Promise<Replayed>;

  tokenState(as: Key): GrantState;
  expireAccessToken(as: Key): void;
  expireRefreshToken(as: Key): void;
  /** As if somebody else had used it: the next refresh fails with 20073. */
  spendRefreshToken(as: Key): void;
  expireTenantToken(): void;

  /** Called after anything changed; gives the function that ends it. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

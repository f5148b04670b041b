import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Phrase } from '../lib/phrase.ts';
import type { Random } from '../lib/random.ts';
import type { ClientConfig, LongConnections } from './longConnection/types.ts';
import type { AppState } from './state/appState.ts';
import type { CallLog } from './state/callLog.ts';
import type { DeliveryLog } from './state/deliveryLog.ts';
import type { Desk, Skill } from './state/desk.ts';
import type { Effects } from './state/effects.ts';
import type { Faults } from './state/faults.ts';
import type { GrantState } from './state/grants.ts';

export interface Credentials {
  appId: string;
  appSecret: string;
  verificationToken: string;
  /** Empty: pushes go out in clear and unsigned. */
  encryptKey: string;
  helpdeskId: string;
  helpdeskToken: string;
}

/** How long the platform waits for the bot, in milliseconds of real time. */
export interface Limits {
  /** An event or a card callback. */
  answerMs: number;
  /** The address check. */
  challengeMs: number;
}

export interface SandboxOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** What is not given is made at random, in the platform's shape. */
  credentials?: Partial<Credentials>;
  /** Runs token expiry, rate limits and the redelivery ladder. */
  clock?: Clock;
  random?: Random;
  logger?: Logger;
  /** Redelivery ladder in milliseconds; default 15 s, 5 min, 1 h, 6 h. */
  retryDelaysMs?: number[];
  /** Default 3000 and 1000. */
  limits?: Partial<Limits>;
  /** Default 7200. */
  accessTokenSeconds?: number;
  /** Default 604800. */
  refreshTokenSeconds?: number;
  /** How long a device login can be decided; default 240. */
  deviceCodeSeconds?: number;
  /** The shortest pause between two questions about a device login; default 5. */
  devicePollSeconds?: number;
  /** Registered redirect URLs; can be changed later in `settings`. */
  redirectUris?: string[];
  /** User scopes that are enabled on the app; default helpdesk:all and offline_access. */
  grantedUserScopes?: string[];
  /** How clients of the long connection are to behave. */
  clientConfig?: Partial<ClientConfig>;
  /** `blank`: an app that nobody has configured or released yet. Default `configured`. */
  app?: 'configured' | 'blank';
  /** How long a QR code for a new app can be scanned; default 600. */
  registrationSeconds?: number;
  /** So many more admins of the desk, with the keys `colleague-1` and so on. Default 0. */
  colleagues?: number;
  /** So many more agents of the desk, who are only talked about. Default 0. */
  agents?: number;
  /** The chat in the browser. */
  page?: PageOptions;
}

/** What the host adds to the chat in the browser. */
export interface PageOptions {
  /** Commands of the bot, offered while a person types `/`. */
  hints?: readonly CommandHint[];
  /** Folder of the built page. Without it there is none to be seen. */
  assets?: string;
  /** Without it the page cannot kill the bot. */
  bot?: BotSwitch;
}

/** One command, as the text box offers it. */
export interface CommandHint {
  /** What is put into the text box. */
  insert: string;
  /** How the command is written. */
  usage: Phrase;
  summary: Phrase;
}

/** Kills and starts the bot that the sandbox serves. */
export interface BotSwitch {
  isRunning(): boolean;
  /** `kill -9`: nothing is finished first. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Tells whenever it starts or ends, in whatever way. */
  onChange(listener: () => void): void;
}

export type PersonKey = 'owner' | 'admin' | 'employee';

/** One of the further admins that a sandbox was started with: `colleague-1` is the first. */
export type ColleagueKey = `colleague-${number}`;

/** Everybody who can type, click and log in. */
export type ActorKey = PersonKey | ColleagueKey;

/** Somebody with an account: the three who act, and the agents who are only talked about. */
export interface Member {
  openId: string;
  unionId: string;
  name: string;
  enName: string;
  email: string;
  /** Of another company than the app's own. */
  tenantKey?: string;
}

/** One of the people who type and click. */
export interface Person extends Member {
  key: ActorKey;
}

export interface Chat {
  chatId: string;
  kind: 'p2p' | 'group';
  name: string;
  /** Open ids of people. */
  members: string[];
  hasBot: boolean;
}

/** A chat, its id, `group`, `p2p:` and the key of a person, or `p2p`: the direct chat of who acts. */
export type ChatRef = Chat | string;

/** What the helpdesk gives in place of, or beside, what it has; writes are checked as ever. */
export interface OddRows {
  /** Fields of skills, by skill id: in place of the true ones, in the list and alone. */
  skills: Record<string, Record<string, unknown>>;
  /** Further rows of the list of skills. */
  listed: unknown[];
  /** Mail addresses by the id of an agent, in place of the true ones or beside them. */
  emails: Record<string, unknown>;
  /** Further conditions that are offered. */
  conditions: unknown[];
}

export interface Settings {
  /** What a PATCH of a skill does to fields that are absent: the documents do not say. */
  whenAbsent: 'keep' | 'clear';
  /** The form in which operands of rules are returned. */
  operandForm: 'as-sent' | 'string' | 'object';
  /** How events and card callbacks go to the bot. */
  pushVia: 'webhook' | 'websocket';
  /** Undefined until `connect`. */
  eventUrl: string | undefined;
  /** Undefined until `connect`. */
  cardUrl: string | undefined;
  redirectUris: string[];
  /** User scopes that are enabled on the app. */
  userScopes: string[];
  /** Tenant scopes that the app has: calls that need another one fail with 99991672. */
  tenantScopes: string[];
  /** `mentions`: group messages are pushed only when they mention the bot. */
  groupMessages: 'all' | 'mentions';
  /** False: refreshing fails with 20074. */
  refreshAllowed: boolean;
  /** Five sends per second and chat, five updates per second and message. */
  rateLimits: boolean;
  /** True: an update of a message whose callback is still unanswered fails with 230099 / 11310. */
  cardLock: boolean;
  /** True: `agent_ids` must name agents of the desk. */
  agentsOnly: boolean;
  /** False: there is no bot to ask for, 11205. */
  botEnabled: boolean;
  /** True: the desk is another tenant's, 154001. */
  deskElsewhere: boolean;
  /** `by-hand`: a version that is handed in waits until `app.approve()`. */
  review: 'automatic' | 'by-hand';
  /** Seconds between two questions whether a QR code was scanned. */
  registrationInterval: number;
  /** Rows that the helpdesk gives in another form than is documented. */
  oddRows: OddRows;
}

export interface Mention {
  key: string;
  openId: string;
  name: string;
  kind: 'user' | 'bot';
}

export type CardJson = Record<string, unknown>;

export interface StoredMessage {
  messageId: string;
  chatId: string;
  senderKind: 'user' | 'bot';
  /** Open id of the person, or of the bot. */
  senderId: string;
  msgType: string;
  /** As stored on the platform: a JSON string. */
  content: string;
  mentions: Mention[];
  /** The card as now shown. */
  card?: CardJson;
  /** All versions of the card, the first one first. */
  history: CardJson[];
  /** The message this one answers. */
  replyTo?: string;
  rootId?: string;
  threadId?: string;
  uuid?: string;
  recalled: boolean;
  /** Milliseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

export interface SayOptions {
  /** Default text. */
  kind?: 'text' | 'post';
  /** The message is a reply to this one. */
  replyTo?: string;
  threadId?: string;
  /** To deliver something twice: the same ids again. */
  eventId?: string;
  messageId?: string;
}

export interface SentMessage {
  messageId: string;
  chatId: string;
  eventId: string;
  /** False when the platform does not push it: a group message without a mention, see `settings.groupMessages`. */
  pushed: boolean;
}

/** Which control of a card; several conditions must all fit. The first that fits is taken, or the `nth` (from 0). */
export interface ClickTarget {
  /** `action` in the value of its callback. */
  action?: string;
  /** Some entries of the value of its callback. */
  value?: Record<string, unknown>;
  /** Visible text in any language. */
  text?: string;
  name?: string;
  tag?: string;
  /** Place among all controls of the card, from 0. */
  index?: number;
  nth?: number;
}

export interface ClickInput {
  /** The choice in a select or an overflow menu. */
  option?: string;
  /** What is typed into an input outside a form. */
  inputValue?: string;
  /** What is filled into the form before it is submitted; controls that are not named keep what they show. */
  formValue?: Record<string, string | string[]>;
  /** Claims that the card is in this chat. */
  chatId?: string;
}

/** Replaces parts of a hand-made callback. */
export interface RawClickOptions {
  chatId?: string;
  eventId?: string;
  operator?: Record<string, unknown>;
}

export interface Toast {
  type: 'info' | 'success' | 'warning' | 'error';
  content: string;
  i18n?: Record<string, string>;
}

export interface ClickOutcome {
  status: 'ok' | 'error';
  /** The client's error code, such as 200341 for no answer in time. */
  code?: number;
  message?: string;
  toast?: Toast;
  /** The card of the answer; it is already shown. */
  card?: CardJson;
  tookMs: number;
  eventId: string;
  /** Credential for the delayed update. */
  updateToken: string;
}

/** A push in clear, recorded or written by hand. */
export interface ReplayEvent {
  header: { event_type: string; event_id?: string | undefined; tenant_key?: string | undefined };
  event: Record<string, unknown>;
}

export interface ReplayOptions {
  /** Keeps ids and times; the bot then takes it for one that it has seen, if it has. */
  asIs?: boolean;
}

export interface Replayed {
  eventId: string;
  /** The message that the event is about. */
  messageId?: string;
  /** What the client made of the answer to a card callback. */
  outcome?: ClickOutcome;
}

export type Decision = 'agree' | 'refuse';

export interface Page {
  url: string;
  status: number;
  body: string;
  headers: Record<string, string>;
}

/** The local Feishu. */
export interface Sandbox {
  /** Base of the open API and of the accounts pages, without a slash at the end. */
  readonly url: string;
  readonly credentials: Credentials;
  readonly people: Record<PersonKey, Person>;
  /** In the order of their numbers. */
  readonly colleagues: readonly Person[];
  readonly bot: { openId: string; name: string };
  readonly chats: { group: Chat; p2p: Record<PersonKey, Chat> };
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
  say(as: ActorKey, chat: ChatRef, text: string, options?: SayOptions): Promise<SentMessage>;
  /** Uses a control of the card as it is now shown. Throws when a client would not let the person do it. */
  click(as: ActorKey, messageId: string, target: ClickTarget, input?: ClickInput): Promise<ClickOutcome>;
  /** Sends a callback with a hand-made action, whatever the card shows. */
  clickRaw(
    as: ActorKey,
    messageId: string,
    action: Record<string, unknown>,
    options?: RawClickOptions,
  ): Promise<ClickOutcome>;
  /** Opens the direct chat: im.chat.access_event.bot_p2p_chat_entered_v1. Gives the event id, as the next ones. */
  openBot(as: PersonKey): Promise<string>;
  /** im.chat.member.bot.added_v1; `by` defaults to the owner. */
  addBotToGroup(by?: PersonKey): Promise<string>;
  /** The bot is no longer in the group: sends there fail with 230002. No event. */
  removeBotFromGroup(): void;
  /** application.bot.menu_v6. */
  menu(as: PersonKey, eventKey: string): Promise<string>;
  /** Drops the person's tokens and sends auth.user_access_token.revoked_v4. */
  revoke(as: PersonKey): Promise<string>;
  /** The message disappears; updates and replies fail with 230011. */
  recall(messageId: string): void;
  /** Follows a login link up to the authorize page and decides there. The caller fetches the location. */
  authorize(as: ActorKey, authorizeUrl: string, decision?: Decision): Promise<{ location: string }>;
  /** The whole journey of a browser from the login link, of either flow, to the last page, whatever that is. */
  login(as: ActorKey, loginUrl: string, decision?: Decision, acceptLanguage?: string): Promise<Page>;

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

  readonly desk: Desk;
  skill(id: string): Skill | undefined;
  skills(): Skill[];

  readonly calls: CallLog;
  /** What those calls did to the desk. */
  readonly effects: Effects;
  readonly deliveries: DeliveryLog;
  readonly faults: Faults;
  /** Sends an event again now, or all the same under a new event id. */
  redeliver(eventId: string, options?: { newEventId?: boolean }): Promise<void>;
  /** Sends a recorded or hand-written event as if it happened now. Throws when its chat or card is not here. */
  replay(event: ReplayEvent, options?: ReplayOptions): Promise<Replayed>;

  tokenState(as: PersonKey): GrantState;
  expireAccessToken(as: PersonKey): void;
  expireRefreshToken(as: PersonKey): void;
  /** As if somebody else had used it: the next refresh fails with 20073. */
  spendRefreshToken(as: PersonKey): void;
  expireTenantToken(): void;

  /** Called after anything changed; gives the function that ends it. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

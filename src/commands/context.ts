import type { Grants } from '../auth/grants.ts';
import type { Logins } from '../auth/logins.ts';
import type { CardJson, Toast } from '../cards/kit.ts';
import type { Changes } from '../changes/changes.ts';
import type { Planner } from '../changes/plan.ts';
import type { Change } from '../domain/change.ts';
import type { CardActionDelivery, WaitingRequest } from '../domain/delivery.ts';
import type { ChatId, MessageId, OpenId, SkillId, ViewId } from '../domain/ids.ts';
import type { Agent } from '../domain/skill.ts';
import type { Helpdesk } from '../feishu/helpdesk.ts';
import type { Messages } from '../feishu/messages.ts';
import type { People } from '../feishu/people.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Random } from '../lib/random.ts';
import type { Store } from '../store/store.ts';
import type { Roster } from './resolve/roster.ts';

/** What commands work with. */
export interface Services {
  store: Store;
  helpdesk: Helpdesk;
  messages: Messages;
  people: People;
  grants: Grants;
  logins: Logins;
  roster: Roster;
  planner: Planner;
  changes: Changes;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
}

/** What the buttons of a card stand for: the command that made it, and what can be picked on it. */
export interface View {
  command: string;
  input: Readonly<Record<string, unknown>>;
  /** The names of the fields that the card asks for, when it is a form; `input` is what is filled in. */
  form?: string[] | undefined;
  /** Where the card was shown at first; absent where that was not a known chat. */
  chatId?: ChatId | undefined;
  /** The command's input that each button of a picker stands for. */
  choices?: { command: string; inputs: Readonly<Record<string, unknown>>[] } | undefined;
  /** `inForm`: the input is what is filled into the command's form. */
  picks?:
    | { command: string; input: Readonly<Record<string, unknown>>; skills: SkillId[]; inForm?: boolean | undefined }
    | undefined;
}

/** Who asks, where, and how to go on. */
export interface Context {
  services: Services;
  /** Names the request: the same one again makes nothing twice. */
  requestKey: string;
  /** Who sent the message or pressed the button. */
  actorId: OpenId;
  chatId: ChatId;
  /** The message that is answered. */
  sourceMessageId: MessageId;
  /** Names of people that are known from the message. */
  people: readonly Agent[];
  /** What to handle again when a login has to come first. */
  waiting: WaitingRequest;
  /** Remembers what the buttons of a card stand for, and gives its id. */
  saveView(view: View): Promise<ViewId>;
}

/** What a command answers. */
export interface Reply {
  card: CardJson;
  /** The change of which the card is a preview. */
  change?: Change;
  /** Called with the message that shows the card. */
  onShown?: (cardMessageId: MessageId) => Promise<void>;
}

/** What a click is answered with. Without a card the one that was clicked stays. */
export interface ActionAnswer {
  toast?: Toast;
  card?: CardJson;
  onShown?: (cardMessageId: MessageId) => Promise<void>;
}

/** What a button of a stored view does; undefined when the view has no such button. */
export type OnView = (
  view: View,
  click: CardActionDelivery,
  context: Context,
) => Promise<Reply | undefined> | undefined;

export type { Answer } from './api/answers.ts';
export { failure, success } from './api/answers.ts';
export type { ApiRequest, Endpoint } from './api/endpoint.ts';
export type { ClickInput } from './clicks/actions.ts';
export type { Toast } from './clicks/callbackAnswer.ts';
export type { ClickOutcome, RawClickOptions } from './clicks/clicks.ts';
export type { ClickTarget } from './clicks/controls.ts';
export type { Clock } from './clock.ts';
export type { Core } from './core.ts';
export type { Credentials } from './credentials.ts';
export { exact } from './exactNumbers.ts';
export type { LocalFeishu } from './handle.ts';
export type { CardJson } from './json.ts';
export { type LocalFeishuOptions, startLocalFeishu } from './localFeishu.ts';
export type { Logger } from './logger.ts';
export type { ClientConfig, LongConnections } from './longConnection/types.ts';
export type { BotSwitch, CommandHint, PageOptions } from './pageOptions.ts';
export type { Decision } from './pages/authorizePage.ts';
export type { Page } from './pages/browser.ts';
export type { Phrase } from './phrase.ts';
export type { Joined, PartsOf, Plugin } from './plugin.ts';
export { decrypt, type EncodedPush, encodePush, encrypt, signature } from './pushes/crypto.ts';
export type { ReplayEvent, Replayed, ReplayOptions } from './pushes/replay.ts';
export type { SayOptions, SentMessage } from './pushes/say.ts';
export type { Random } from './random.ts';
export { BOT, CHAT_IDS, type ColleagueKey, colleagues, GUESTS, PEOPLE, type PersonKey } from './seed.ts';
export type { Settings } from './settings.ts';
export type { AppState } from './state/appState.ts';
export type { CallEntry, CallLog } from './state/callLog.ts';
export type { Chat, ChatRef, GroupSeed } from './state/chats.ts';
export type { DeliveryEntry, DeliveryLog } from './state/deliveryLog.ts';
export type { Bot, Member, Person, PersonSeed } from './state/directory.ts';
export type {
  CallFault,
  CallFaultRule,
  DeliveryFault,
  DeliveryFaultRule,
  FaultHandle,
  Faults,
  LateAnswer,
  StatusFault,
} from './state/faults.ts';
export type { GrantState } from './state/grants.ts';
export type { Mention, StoredMessage } from './state/messages.ts';

export { cardText, type Reader } from './cardText.ts';
export { type BotReplay, replayIntoBot } from './intoBot.ts';
export { type LocalFeishuReplay, replayIntoLocalFeishu } from './intoLocalFeishu.ts';

import type { Phrase } from './phrase.ts';

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

/** Kills and starts the bot that the local Feishu serves. */
export interface BotSwitch {
  isRunning(): boolean;
  /** `kill -9`: nothing is finished first. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Tells whenever it starts or ends, in whatever way. */
  onChange(listener: () => void): void;
}

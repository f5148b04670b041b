/** How long the platform waits for the bot, in milliseconds of real time. */
export interface Limits {
  /** An event or a card callback. */
  answerMs: number;
  /** The address check. */
  challengeMs: number;
}

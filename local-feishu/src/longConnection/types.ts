/** What a client of the long connection is told when it connects and with every pong, in Feishu's names; in seconds. */
export interface ClientConfig {
  /** How many attempts in a row; -1 for no end. */
  ReconnectCount: number;
  ReconnectInterval: number;
  /** The first attempt comes at a random moment within this. */
  ReconnectNonce: number;
  PingInterval: number;
}

/** The long connections of the bot. */
export interface LongConnections {
  count(): number;
  /** Cuts them all; a client that can connects again. */
  drop(): void;
}

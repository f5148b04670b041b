import { z } from 'zod';

/** How Feishu wants a client of the long connection to behave; in milliseconds. */
export interface ConnectionSettings {
  /** Between two pings. */
  pingMs: number;
  /** Between two attempts to connect. */
  reconnectMs: number;
  /** The first attempt after a loss comes at a random moment within this, so that not all clients come at once. */
  jitterMs: number;
}

/** What Feishu's own SDKs take where it says nothing. */
export const DEFAULT_SETTINGS: ConnectionSettings = { pingMs: 120_000, reconnectMs: 120_000, jitterMs: 30_000 };

/** Seconds. The number of attempts that Feishu names beside them is not read: a bot has no use for giving up. */
const Said = z
  .object({ PingInterval: z.unknown(), ReconnectInterval: z.unknown(), ReconnectNonce: z.unknown() })
  .partial();

/**
 * What Feishu says, with the address and again with each pong. It may be anything: none of it, parts, or values with which
 * a client would flood Feishu or fall silent. What is no positive number leaves what was in force, and nothing leaves its
 * bounds.
 */
export function readSettings(said: unknown, inForce: ConnectionSettings): ConnectionSettings {
  const { PingInterval, ReconnectInterval, ReconnectNonce } = Said.safeParse(said).data ?? {};
  return {
    pingMs: within(5, 120, PingInterval) ?? inForce.pingMs,
    reconnectMs: within(1, 120, ReconnectInterval) ?? inForce.reconnectMs,
    jitterMs: ReconnectNonce === 0 ? 0 : (within(0, 30, ReconnectNonce) ?? inForce.jitterMs),
  };
}

function within(least: number, most: number, seconds: unknown): number | undefined {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) return undefined;
  return Math.min(most, Math.max(least, seconds)) * 1_000;
}

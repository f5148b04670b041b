import type { Logger } from '../../lib/logger.ts';
import type { FeishuError } from '../errors.ts';
import { adviceFor } from './discovery.ts';

/** How far a long connection has come, and the one place that puts it into words. */
export interface Standing {
  /** Feishu is asked where to connect. */
  asks(): void;
  /** The log has the reason already. */
  opens(): void;
  /** It has not. */
  isRefused(error: FeishuError): void;
  isUp(): void;
  isLost(): void;
  /** How often it was lost. */
  losses(): number;
  /** Why the connection is not up, and what to do about it. */
  reason(): string;
}

const BEGUN = 'is being set up';
const OPENING =
  'is being opened; if that lasts, allow outgoing wss: connections, and see that fewer than 50 processes use the app';
const LOST = 'was lost, and is being made again';

export function createStanding(logger: Logger): Standing {
  let reason = BEGUN;
  let losses = 0;
  return {
    asks() {
      // The SDK does not say why an address that was given to it did not let it in.
      if (reason === OPENING) logger.warn({ reason }, 'the long connection was not accepted');
    },
    opens() {
      reason = OPENING;
    },
    isRefused(error) {
      const { kind, code, httpStatus, logId } = error;
      reason = adviceFor(error);
      logger.warn({ kind, code, httpStatus, logId, reason }, 'no long connection');
    },
    isUp() {
      // What it is as soon as it is up no more.
      reason = LOST;
      logger.info('the long connection is up');
    },
    isLost() {
      losses += 1;
      reason = LOST;
      logger.warn('the long connection was lost');
    },
    losses: () => losses,
    reason: () => reason,
  };
}

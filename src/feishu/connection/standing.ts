import type { Logger } from '../../lib/logger.ts';
import type { FeishuError } from '../errors.ts';
import { adviceFor } from './advice.ts';

/** How far a long connection has come, and the one place that puts it into words. */
export interface Standing {
  /** Feishu has answered where to connect. */
  opens(): void;
  /** It has not. */
  isRefused(error: FeishuError): void;
  /** It has, and then let nobody in there. */
  isNotAccepted(error: FeishuError): void;
  isUp(): void;
  isLost(): void;
  /** Why the connection is not up, and what to do about it. */
  reason(): string;
}

const BEGUN = 'is being set up';
const OPENING =
  'is being opened; if that lasts, allow outgoing wss: connections, and see that fewer than 50 processes use the app';
const LOST = 'was lost, and is being made again';

/** `baseUrl` is where Feishu is asked. */
export function createStanding(logger: Logger, baseUrl: string): Standing {
  let reason = BEGUN;
  return {
    opens() {
      reason = OPENING;
    },
    isRefused(error) {
      reason = adviceFor(error, baseUrl);
      logger.warn({ ...fieldsOf(error), reason }, 'no long connection');
    },
    isNotAccepted(error) {
      // Mostly Feishu does not say why: then what is usual is said.
      if (error.code !== undefined) reason = adviceFor(error, baseUrl);
      logger.warn({ ...fieldsOf(error), reason }, 'the long connection was not accepted');
    },
    isUp() {
      // What it is as soon as it is up no more.
      reason = LOST;
      logger.info('the long connection is up');
    },
    isLost() {
      reason = LOST;
      logger.warn('the long connection was lost');
    },
    reason: () => reason,
  };
}

const fieldsOf = ({ kind, code, httpStatus, logId }: FeishuError) => ({ kind, code, httpStatus, logId });

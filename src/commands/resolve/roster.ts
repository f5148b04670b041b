import type { DeskAgent } from '../../domain/agent.ts';
import type { OpenId } from '../../domain/ids.ts';
import type { ListedAgents } from '../../feishu/agentRows.ts';
import { FeishuError, isPassing, toLogFields } from '../../feishu/errors.ts';
import type { Helpdesk } from '../../feishu/helpdesk.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';

/** Beyond this the agents are asked for again before anybody is called a stranger. */
const TRUSTED_MS = 60_000;
/** After a failure nothing is asked for a while: the roster only serves warnings and choices. */
const QUIET_MS = 5 * 60_000;
/** For so long a desk that refuses the schedules of its agents is asked for their addresses only. */
const REFUSED_MS = 60 * 60_000;

/**
 * Who is an agent of the desk. Kept in memory, so that a command about known agents makes no call for it; people who
 * are not in it are looked up again before they are warned of.
 */
export interface Roster {
  /** Those of the people who are no agents of the desk; nobody, when that cannot be found out. */
  strangers(people: readonly OpenId[]): Promise<OpenId[]>;
  /** Every agent as they are now. Rejects with a FeishuError. */
  all(): Promise<ListedAgents>;
  /** Fetches the agents before anybody asks. */
  warm(): Promise<void>;
}

export function createRoster(helpdesk: Helpdesk, clock: Clock, logger: Logger): Roster {
  let known: ReadonlyMap<OpenId, DeskAgent> = new Map();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let quietUntil = Number.NEGATIVE_INFINITY;
  let refusedUntil = Number.NEGATIVE_INFINITY;

  const ask = async (): Promise<ListedAgents> => {
    if (clock.elapsed() < refusedUntil) return helpdesk.agentEmails();
    try {
      return await helpdesk.listAgents();
    } catch (error) {
      if (!(error instanceof FeishuError)) throw error;
      const listed = await helpdesk.agentEmails();
      if (!isPassing(error)) refusedUntil = clock.elapsed() + REFUSED_MS;
      logger.warn(toLogFields(error), 'the schedules of the agents are not given: only their addresses are known');
      return listed;
    }
  };

  const fetchAll = async (): Promise<ListedAgents> => {
    const listed = await ask();
    known = listed.agents;
    fetchedAt = clock.elapsed();
    return listed;
  };

  const refreshed = async (): Promise<boolean> => {
    if (clock.elapsed() < quietUntil) return false;
    try {
      await fetchAll();
      return true;
    } catch (error) {
      if (!(error instanceof FeishuError)) throw error;
      quietUntil = clock.elapsed() + QUIET_MS;
      logger.warn(toLogFields(error), 'the agents of the desk are not known');
      return false;
    }
  };

  return {
    async strangers(people) {
      const missing = (): OpenId[] => people.filter((id) => !known.has(id));
      if (missing().length === 0 || clock.elapsed() - fetchedAt < TRUSTED_MS) return missing();
      return (await refreshed()) ? missing() : [];
    },
    all: fetchAll,
    async warm() {
      if (fetchedAt === Number.NEGATIVE_INFINITY) await refreshed();
    },
  };
}

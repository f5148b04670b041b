import type { Change } from '../domain/change.ts';
import type { TraceFields } from '../lib/trace.ts';

/** Changes that were planned from a card, or in place of another one, do not know their delivery. */
const OTHER_REQUESTS = /^(view|conflict|retry|undo):/;

/** What the log says about a change that nobody waits for any more: which one, and the delivery that asked for it. */
export const changeLogFields = ({ id, requestKey }: Change): TraceFields =>
  OTHER_REQUESTS.test(requestKey) ? { change: id } : { change: id, delivery: requestKey };

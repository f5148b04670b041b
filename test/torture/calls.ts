import type { CallFault, CallFaultRule } from 'local-feishu';
import type { LocalFeishu } from '../support/localFeishu.ts';
import type { Dice } from './dice.ts';
import type { RunRecord } from './record.ts';
import { rest } from './rest.ts';

export interface CallTroubleParts {
  sandbox: LocalFeishu;
  record: RunRecord;
  /** Aborted when the quiet begins. */
  over: AbortSignal;
}

const SKILLS = '/open-apis/helpdesk/v1/agent_skills';
const ONE = `${SKILLS}/:agent_skill_id`;
const REPLY = '/open-apis/im/v1/messages/:message_id/reply';
const CLICK = 'card.action.trigger';
const CARD = '/open-apis/im/v1/messages/:message_id';

/** More than these, and most of them would wait for a call that fits. */
const MOST_ARMED = 8;

/** What goes wrong with calls and deliveries, until it is over. */
export async function troubleCalls({ sandbox, record, over }: CallTroubleParts, dice: Dice): Promise<void> {
  while (!over.aborted) {
    await rest(dice.between(100, 1_200), over);
    if (over.aborted || sandbox.faults.list().length >= MOST_ARMED) continue;
    dice.weighted<() => void>([
      [70, () => armWrites(sandbox, record, dice)],
      [14, () => arm(sandbox, record, { method: 'GET', route: ONE, kind: anyFault(dice) })],
      [4, () => arm(sandbox, record, { method: 'GET', route: SKILLS, kind: anyFault(dice) })],
      [3, () => arm(sandbox, record, { method: 'POST', route: REPLY, kind: messageFault(dice) })],
      [5, () => arm(sandbox, record, { method: 'PATCH', route: CARD, kind: messageFault(dice) })],
      [10, () => troubleDeliveries(sandbox, record, dice)],
      [6, () => deliverAgain(sandbox, record, dice)],
    ])();
  }
  sandbox.faults.clear();
}

/** Lets something go wrong with the next call that fits, and writes it down. */
export function arm(sandbox: LocalFeishu, record: RunRecord, rule: CallFaultRule): void {
  sandbox.faults.add(rule);
  record.add({ who: 'faults', what: `${rule.method} ${rule.route}: ${JSON.stringify(rule.kind)}` });
}

const FAILURE = (dice: Dice) => ({ type: 'status', status: dice.oneOf([500, 502, 503, 504]), code: 2200 }) as const;
const FORBIDDEN = { type: 'status', status: 403, code: 154003, msg: 'no access' } as const;

/** PATCH is the most frequent write; sometimes what fails once fails again in another way. */
function armWrites(sandbox: LocalFeishu, record: RunRecord, dice: Dice): void {
  const method = dice.weighted([
    [70, 'PATCH'],
    [22, 'POST'],
    [8, 'DELETE'],
  ] as const);
  const rule = { method, route: method === 'POST' ? SKILLS : ONE };
  const kind = writeFault(dice);
  arm(sandbox, record, { ...rule, kind });
  if (!dice.chance(0.25)) return;
  // The same skill would be chosen by its path, which nobody knows yet: the next call of the kind is near enough.
  arm(sandbox, record, { ...rule, kind: dice.chance(0.5) ? FORBIDDEN : writeFault(dice) });
}

/** What may become of a write. */
export function writeFault(dice: Dice): CallFault {
  const afterMs = dice.between(250, 22_000);
  return dice.weighted<() => CallFault>([
    [22, () => ({ type: 'late', afterMs, answer: FAILURE(dice) })],
    [8, () => ({ type: 'late', afterMs, answer: { type: 'drop' } })],
    [3, () => ({ type: 'late', afterMs, answer: { type: 'hang' } })],
    [12, () => ({ type: 'latency', ms: dice.between(500, 22_000) })],
    [4, () => ({ type: 'latency', ms: dice.between(500, 15_000), when: 'after' })],
    [12, () => rateLimited(dice)],
    [25, () => anyFault(dice)],
    [2, () => FORBIDDEN],
    [3, () => ({ type: 'status', status: 401, code: 99991677, msg: 'token expire' })],
  ])();
}

/** A pause for which the bot waits. */
export const rateLimited = (dice: Dice): CallFault => ({
  type: 'status',
  status: 400,
  code: 99991400,
  msg: 'request trigger frequency limit',
  headers: { 'x-ogw-ratelimit-reset': String(dice.between(1, 19)) },
});

function anyFault(dice: Dice): CallFault {
  const when = dice.oneOf(['before', 'after'] as const);
  return dice.weighted<() => CallFault>([
    [25, () => FAILURE(dice)],
    [25, () => ({ type: 'drop', when })],
    [5, () => ({ type: 'hang', when })],
    [10, () => ({ type: 'drip', everyMs: dice.oneOf([5, 50, 500, 3_000]) })],
    [6, () => ({ type: 'large', bytes: dice.oneOf([5_000_000, 30_000_000]) })],
    [8, () => ({ type: 'malformed' })],
    [10, () => rateLimited(dice)],
    [10, () => ({ type: 'latency', ms: dice.between(200, 9_000) })],
  ])();
}

const messageFault = (dice: Dice): CallFault =>
  dice.weighted<() => CallFault>([
    [4, () => FAILURE(dice)],
    [4, () => ({ type: 'drop', when: dice.oneOf(['before', 'after'] as const) })],
    [2, () => ({ type: 'status', status: 400, code: 230020, headers: { 'x-ogw-ratelimit-reset': '2' } })],
    [2, () => ({ type: 'latency', ms: dice.between(200, 4_000) })],
  ])();

function troubleDeliveries(sandbox: LocalFeishu, record: RunRecord, dice: Dice): void {
  const kind = dice.oneOf([
    { type: 'duplicate', copies: dice.between(1, 3) },
    { type: 'duplicate', newEventId: true },
    { type: 'delay', ms: dice.between(200, 4_000) },
    { type: 'lost-answer' },
  ] as const);
  sandbox.faults.addDelivery({ kind });
  record.count('deliveries troubled');
}

/**
 * Something that the bot has had already, a click as well as a message. A click only when it was taken: nobody reads what a
 * repeated one is answered, and one that failed would be done behind the back of whoever pressed.
 */
function deliverAgain(sandbox: LocalFeishu, record: RunRecord, dice: Dice): void {
  const recent = sandbox.deliveries
    .all()
    .slice(-40)
    .filter(({ eventType, eventId }) => eventType !== CLICK || record.taken.has(eventId));
  if (recent.length === 0) return;
  const { eventId } = dice.oneOf(recent);
  sandbox.redeliver(eventId).catch(() => undefined);
  record.count('deliveries repeated');
}

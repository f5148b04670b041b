import type { DeliveryEntry } from 'local-feishu';
import type { RunRecord } from './record.ts';

type Push = Pick<DeliveryEntry, 'eventId' | 'attempt' | 'status' | 'error' | 'nextAttemptAt' | 'startedAt' | 'body'>;

/** Whether the local Feishu still waits for an answer, or is going to send something again. */
export function isToBeRepeated(pushes: readonly Push[]): boolean {
  const latest = new Map(pushes.map((push) => [push.eventId, push]));
  return [...latest.values()].some(({ status, nextAttemptAt }) => status === undefined || nextAttemptAt !== undefined);
}

/**
 * Those of the messages that the bot ought to have answered, each with what became of its deliveries. One that was never
 * taken in, however often it was sent, is counted, and no fault of the bot.
 */
export function unansweredOf(messageIds: readonly string[], pushes: readonly Push[], record: RunRecord): string[] {
  return messageIds.flatMap((messageId) => {
    const own = pushes.filter(({ body }) => JSON.stringify(body).includes(`"${messageId}"`));
    const isTakenIn = own.length === 0 || own.some(({ status }) => status === 200);
    if (!isTakenIn) record.count('messages that never arrived');
    return isTakenIn ? [`${messageId} (${own.map(pushText).join(', ') || 'never sent'})`] : [];
  });
}

const pushText = ({ attempt, startedAt, status, error }: Push): string =>
  `${new Date(startedAt).toISOString().slice(11, 23)} attempt ${attempt}: ${error ?? status}`;

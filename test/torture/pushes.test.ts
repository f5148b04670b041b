import { describe, expect, it } from '@jest/globals';
import { isToBeRepeated, unansweredOf } from './pushes.ts';
import { RunRecord } from './record.ts';

const push = (attempt: number, given: { status?: number; error?: string; nextAttemptAt?: number }) => ({
  ...{ eventId: 'e1', attempt, startedAt: 0, body: { event: { message: { message_id: 'om_1' } } } },
  ...given,
});
const failed = (attempt: number, nextAttemptAt?: number) =>
  push(attempt, { status: 0, error: 'ECONNRESET', ...(nextAttemptAt !== undefined && { nextAttemptAt }) });

describe('what was sent to the bot', () => {
  it('is to be repeated until it was taken in or given up', () => {
    expect(isToBeRepeated([push(1, {})])).toBe(true);
    expect(isToBeRepeated([failed(1, 5)])).toBe(true);
    expect(isToBeRepeated([failed(1, 5), push(2, { status: 200 })])).toBe(false);
    expect(isToBeRepeated([failed(1, 5), failed(2)])).toBe(false);
  });

  it('and was taken in without an answer is a finding, with what became of it', () => {
    const record = new RunRecord();
    const found = unansweredOf(['om_1'], [failed(1, 5), push(2, { status: 200 })], record);
    expect(found).toEqual(['om_1 (00:00:00.000 attempt 1: ECONNRESET, 00:00:00.000 attempt 2: 200)']);
    expect([...record.counts]).toEqual([]);
  });

  it('and was never sent at all is a finding too', () => {
    expect(unansweredOf(['om_2'], [push(1, { status: 200 })], new RunRecord())).toEqual(['om_2 (never sent)']);
  });

  it('and never arrived is counted, and no fault of the bot', () => {
    const record = new RunRecord();
    expect(unansweredOf(['om_1'], [failed(1, 5), failed(2)], record)).toEqual([]);
    expect(record.counts.get('messages that never arrived')).toBe(1);
  });
});

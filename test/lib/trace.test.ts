import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createTrace } from '../../src/lib/trace.ts';
import { captureLogs } from '../support/logs.ts';

describe('a trace', () => {
  it('knows nothing outside of any work', () => {
    expect(createTrace().fields()).toEqual({});
  });

  it('follows work through everything that it waits for, beside other work', async () => {
    const trace = createTrace();
    const work = (delivery: string, ms: number) =>
      trace.within({ delivery }, async () => {
        await delay(ms);
        await Promise.all([delay(1), Promise.resolve()]);
        return trace.fields();
      });
    expect(await Promise.all([work('a', 9), work('b', 3), work('c', 6)])).toEqual([
      { delivery: 'a' },
      { delivery: 'b' },
      { delivery: 'c' },
    ]);
    expect(trace.fields()).toEqual({});
  });

  it('adds the fields of work within work, and takes them away after it', () => {
    const trace = createTrace();
    trace.within({ delivery: 'a' }, () => {
      expect(trace.within({ change: '1' }, () => trace.fields())).toEqual({ delivery: 'a', change: '1' });
      expect(trace.within({ delivery: 'b' }, () => trace.fields())).toEqual({ delivery: 'b' });
      expect(trace.fields()).toEqual({ delivery: 'a' });
    });
  });

  it('is not another one', () => {
    const [one, other] = [createTrace(), createTrace()];
    expect(one.within({ delivery: 'a' }, () => other.fields())).toEqual({});
  });

  it('is in every line that is logged during the work, once', () => {
    const { logger, trace, lines, text } = captureLogs();
    trace.within({ delivery: 'a', change: '1' }, () => logger.info({ kind: 'message' }, 'within'));
    trace.within({ delivery: 'a' }, () => logger.info({ delivery: 'b' }, 'about another one'));
    logger.info('outside');
    expect(lines()).toMatchObject([
      { delivery: 'a', change: '1', kind: 'message' },
      { delivery: 'b' },
      { msg: 'outside' },
    ]);
    expect(lines()[2]).not.toHaveProperty('delivery');
    expect(text().split('"delivery"')).toHaveLength(3);
  });
});

import { describe, expect, it } from '@jest/globals';
import { createLogger, type LogLevel } from '../../src/lib/logger.ts';

function printed(level: LogLevel, log: (logger: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  log(createLogger(level, { write: (line) => void lines.push(line) }));
  return lines;
}

describe('createLogger', () => {
  it('prints one JSON object a line, with its time and without the machine', () => {
    const [line, ...more] = printed('info', (logger) =>
      logger.info({ delivery: 'message:om_1', tookMs: 5 }, 'handled'),
    );
    expect(more).toEqual([]);
    expect(line).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(line ?? '')).toEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      delivery: 'message:om_1',
      tookMs: 5,
      msg: 'handled',
    });
  });

  it('keeps a line break of a value within its line', () => {
    const lines = printed('info', (logger) => logger.info({ reason: 'a\n{"level":60}' }, 'b\nc'));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
  });

  it.each([
    ['trace', 6],
    ['debug', 5],
    ['info', 4],
    ['warn', 3],
    ['error', 2],
    ['fatal', 1],
    ['silent', 0],
  ] as const)('prints from level %s on', (level, count) => {
    const lines = printed(level, (logger) => {
      for (const name of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) logger[name](name);
    });
    expect(lines).toHaveLength(count);
  });
});

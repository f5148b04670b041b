import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS, readSettings } from '../../../src/feishu/connection/settings.ts';

const IN_FORCE = { pingMs: 60_000, reconnectMs: 50_000, jitterMs: 10_000 };

describe('the settings that Feishu names', () => {
  it.each([undefined, null, '', 'x', 5, [], {}, { PingInterval: '30' }, { PingInterval: null }, { PingInterval: {} }])(
    'leave what was in force when they are none: %j',
    (said) => expect(readSettings(said, IN_FORCE)).toEqual(IN_FORCE),
  );

  it.each([0, -1, -120, Number.NaN, Number.POSITIVE_INFINITY])('leave the interval when it is %d', (PingInterval) => {
    expect(readSettings({ PingInterval, ReconnectInterval: PingInterval }, IN_FORCE)).toEqual(IN_FORCE);
  });

  it.each([
    [0.001, 5_000],
    [4, 5_000],
    [5, 5_000],
    [10, 10_000],
    [90.5, 90_500],
    [120, 120_000],
    [121, 120_000],
    [1e300, 120_000],
  ])('an interval of %d s is one of %d ms', (PingInterval, pingMs) => {
    expect(readSettings({ PingInterval }, IN_FORCE)).toEqual({ ...IN_FORCE, pingMs });
  });

  it('bound the reconnecting as well, which may begin at once', () => {
    expect(readSettings({ ReconnectInterval: 0.01, ReconnectNonce: 0 }, IN_FORCE)).toEqual({
      ...IN_FORCE,
      reconnectMs: 1_000,
      jitterMs: 0,
    });
    expect(readSettings({ ReconnectInterval: 86_400, ReconnectNonce: 86_400 }, IN_FORCE)).toEqual({
      ...DEFAULT_SETTINGS,
      pingMs: IN_FORCE.pingMs,
    });
  });
});

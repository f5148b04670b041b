import { expect, it } from '@jest/globals';
import { hoursText } from '../../src/cards/hours.ts';
import type { Hours } from '../../src/domain/agent.ts';

const hours = (days: Hours['days'], from: string, to: string): Hours => ({ days, from, to });

it.each<[string, Hours[], string, string]>([
  ['no hours at all', [], '没有工作时间', 'no hours'],
  ['every day, round the clock', [hours('every-day', '00:00', '24:00')], '每天 全天', 'every day all day'],
  [
    'days of the same hours',
    [hours(1, '09:00', '18:00'), hours('weekend', '10:00', '16:00'), hours(3, '09:00', '18:00')],
    '周一、周三 09:00–18:00；周末 10:00–16:00',
    'Mon, Wed 09:00–18:00; weekends 10:00–16:00',
  ],
  ['hours over midnight as they are', [hours(5, '22:00', '06:00')], '周五 22:00–06:00', 'Fri 22:00–06:00'],
])('says %s in words', (_, given, zh, en) => {
  expect(hoursText(given)).toEqual({ zh, en });
});

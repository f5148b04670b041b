import type { AgentStatus, Days, Hours } from '../domain/agent.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';

const STATUSES: Readonly<Record<AgentStatus, Phrase>> = {
  online: phrase('在线', 'online'),
  offline: phrase('离线', 'offline'),
  'off-duty': phrase('下班', 'off duty'),
};

export const statusText = (status: AgentStatus): Phrase => STATUSES[status];

const DAYS: Readonly<Record<Days, Phrase>> = {
  1: phrase('周一', 'Mon'),
  2: phrase('周二', 'Tue'),
  3: phrase('周三', 'Wed'),
  4: phrase('周四', 'Thu'),
  5: phrase('周五', 'Fri'),
  6: phrase('周六', 'Sat'),
  7: phrase('周日', 'Sun'),
  'every-day': phrase('每天', 'every day'),
  weekdays: phrase('工作日', 'weekdays'),
  weekend: phrase('周末', 'weekends'),
};

/** Hours in words: days of the same hours together, in the order in which the desk has them. */
export function hoursText(hours: readonly Hours[]): Phrase {
  if (hours.length === 0) return phrase('没有工作时间', 'no hours');
  const days = new Map<string, Phrase[]>();
  for (const { days: on, from, to } of hours) {
    const time = `${from}–${to}`;
    days.set(time, [...(days.get(time) ?? []), DAYS[on]]);
  }
  const parts = [...days].map(([time, on]) => together(on, time === '00:00–24:00' ? ALL_DAY : phrase(time, time)));
  return phrase(parts.map(({ zh }) => zh).join('；'), parts.map(({ en }) => en).join('; '));
}

const ALL_DAY = phrase('全天', 'all day');

const together = (days: readonly Phrase[], time: Phrase): Phrase =>
  phrase(`${days.map(({ zh }) => zh).join('、')} ${time.zh}`, `${days.map(({ en }) => en).join(', ')} ${time.en}`);

import { phrase } from '../../lib/phrase.ts';
import { type Check, ok, skipped, warning } from '../check.ts';

/** Beyond this, tokens count as dead or alive when they are not. */
const TOLERATED_MS = 60_000;

/** This machine and Feishu agree about the time. */
export const clockSkew: Check = {
  name: 'clock',
  title: phrase('时钟', 'Clock'),
  needs: [],
  variables: ['FEISHU_BASE_URL'],
  async run({ connection, config, clock }) {
    const answer = await connection.http.request({ url: config.feishu.baseUrl }).catch(() => undefined);
    const now = clock.now();
    const theirs = Date.parse(String(answer?.headers.date));
    if (Number.isNaN(theirs)) return skipped('unknown', phrase('飞书没有告知时间。', 'Feishu did not tell the time.'));
    const seconds = Math.round((now - theirs) / 1000);
    if (Math.abs(now - theirs) <= TOLERATED_MS) return ok(phrase('与飞书一致。', 'It agrees with Feishu.'));
    const off = Math.abs(seconds);
    return warning(
      'clock_skew',
      phrase(
        `本机的时钟比飞书${seconds > 0 ? '快' : '慢'} ${off} 秒。`,
        `The clock of this machine is ${off} s ${seconds > 0 ? 'ahead of' : 'behind'} Feishu’s.`,
      ),
      phrase(
        '请用 NTP 校准时钟，例如 timedatectl set-ntp true。',
        'Let NTP set the clock, such as with timedatectl set-ntp true.',
      ),
    );
  },
};

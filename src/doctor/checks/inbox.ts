import { phrase } from '../../lib/phrase.ts';
import { type Check, ok, skipped, warning } from '../check.ts';

/** How many are named. */
const NAMED = 5;

/** No delivery was set aside because the process died or hung each time it worked on it. */
export const inbox: Check = {
  name: 'inbox',
  title: phrase('收到的消息', 'Deliveries'),
  needs: ['database'],
  variables: [],
  async run({ database }) {
    const found = await database();
    if (found.kind === 'absent') return ok(NONE);
    if (found.pending.length > 0) {
      return skipped('migrations_pending', phrase('有迁移待执行。', 'There are pending migrations.'));
    }
    const count = await found.store.inbox.countSetAside();
    if (count === 0) return ok(NONE);
    const rows = await found.store.inbox.listSetAside(NAMED);
    const named = rows
      .map(({ requestKey, setAsideAt }) => `${requestKey} (${new Date(setAsideAt).toISOString()})`)
      .join(', ');
    const more = count > NAMED ? ', …' : '';
    return warning(
      'set_aside',
      phrase(
        `${count} 个请求已搁置：机器人每次处理都崩溃或卡死。${named}${more}`,
        `${count} set aside, because the bot died or hung each time it worked on them: ${named}${more}`,
      ),
      phrase(
        '内容都保留着。请查看日志里它们之前的几行，升级或排除原因，然后运行 npm run doctor -- --retry-set-aside 重新处理。',
        'They are kept. See the log lines before the error that names them, upgrade or remove the cause, then run npm run doctor -- --retry-set-aside to have them tried again.',
      ),
    );
  },
};

const NONE = phrase('没有被搁置的请求。', 'None was set aside.');

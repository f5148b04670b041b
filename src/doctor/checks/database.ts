import { say } from '../../lib/phrase.ts';
import { type Check, ok, warning } from '../check.ts';

/** The database answers, and has the tables of this version. */
export const database: Check = {
  name: 'database',
  title: say('数据库', 'Database'),
  needs: [],
  variables: ['DATABASE_URL'],
  async run(subject) {
    const found = await subject.database();
    if (found.kind === 'absent') {
      return ok(say('文件还不存在，首次启动时创建。', 'The file does not exist yet: the first start makes it.'));
    }
    const { pending } = found;
    if (pending.length === 0)
      return ok(say('可以连接，表结构是最新的。', 'It answers, and its tables are up to date.'));
    return warning(
      'migrations_pending',
      say(`有 ${pending.length} 个迁移待执行：${pending.join('、')}。`, `Pending migrations: ${pending.join(', ')}.`),
      say(
        '启动机器人时会自动执行；升级前请先备份。',
        'The next start of the bot does them; make a backup before an upgrade.',
      ),
    );
  },
};

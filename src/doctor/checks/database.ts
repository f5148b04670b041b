import { phrase } from '../../lib/phrase.ts';
import { type Check, type Finding, ok, together, warning } from '../check.ts';

/** The database answers, and has the tables of this version. */
export const database: Check = {
  name: 'database',
  title: phrase('数据库', 'Database'),
  needs: [],
  variables: ['DATABASE_URL'],
  async run(subject) {
    const found = await subject.database();
    if (found.kind === 'absent') {
      return ok(phrase('文件还不存在，首次启动时创建。', 'The file does not exist yet: the first start makes it.'));
    }
    return together(
      [...pendingMigrations(found.pending), ...readers(found.openFiles)],
      ok(phrase('可以连接，表结构是最新的。', 'It answers, and its tables are up to date.')),
    );
  },
};

function pendingMigrations(pending: readonly string[]): Finding[] {
  if (pending.length === 0) return [];
  return [
    warning(
      'migrations_pending',
      phrase(
        `有 ${pending.length} 个迁移待执行：${pending.join('、')}。`,
        `Pending migrations: ${pending.join(', ')}.`,
      ),
      phrase(
        '启动机器人时会自动执行；升级前请先备份。',
        'The next start of the bot does them; make a backup before an upgrade.',
      ),
    ),
  ];
}

/** A file is not made private silently: whoever made a backup of it may run as somebody else. */
function readers(files: readonly string[]): Finding[] {
  if (files.length === 0) return [];
  return [
    warning(
      'readable_by_others',
      phrase(`其他用户可以读取 ${files.join('、')}。`, `Others may read ${files.join(', ')}.`),
      phrase(`请运行：chmod 600 ${files.join(' ')}`, `Run: chmod 600 ${files.join(' ')}`),
    ),
  ];
}

import { z } from 'zod';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { DatabaseOfNewerVersion } from '../store/migrate.ts';
import type { DatabaseUnavailable } from '../store/open.ts';
import { Trouble } from './trouble.ts';

interface Advice {
  code: string;
  /** Of the cause: its code and its message. libsql has no code for some, and a strange one for others. */
  when: RegExp;
  remedy: Phrase;
}

const ADVICE: readonly Advice[] = [
  {
    code: 'database_disk_full',
    when: /^(ENOSPC|EDQUOT|SQLITE_FULL|53100) /,
    remedy: phrase('请腾出磁盘空间，然后重新启动。', 'Make room on its disk, then start again.'),
  },
  {
    code: 'database_not_writable',
    when: /^(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|EISDIR) |readonly database|Unable to open connection/,
    remedy: phrase(
      '请让运行机器人的用户可以写这个文件和它所在的目录（chown），或改正 DATABASE_URL。',
      'Let the user who runs the bot write the file and its folder (chown), or correct DATABASE_URL.',
    ),
  },
  {
    code: 'database_damaged',
    when: /^(SQLITE_NOTADB|SQLITE_CORRUPT)/,
    remedy: phrase(
      '这个文件不是数据库，或已经损坏：请恢复备份，或改正 DATABASE_URL。',
      'The file is no database, or a damaged one: restore a backup, or correct DATABASE_URL.',
    ),
  },
  {
    code: 'database_no_rights',
    when: /^42501 /,
    remedy: phrase(
      '请授予 DATABASE_URL 里的用户建表的权限：grant usage, create on schema public to 用户。已有的表要属于它。',
      'Let the user of DATABASE_URL make tables: grant usage, create on schema public to USER. Tables that there are have to belong to it.',
    ),
  },
  {
    code: 'database_not_its_own',
    when: /already exists$/,
    remedy: phrase(
      '这些表不是这个版本的机器人建的：请把备份恢复到空的数据库，或在 DATABASE_URL 里指定空的数据库。',
      'This version of the bot did not make those tables: restore a backup into an empty database, or name an empty one in DATABASE_URL.',
    ),
  },
];

const UNREACHABLE: Omit<Advice, 'when'> = {
  code: 'database_unreachable',
  remedy: phrase('请启动它，或改正 DATABASE_URL。', 'Start it, or correct DATABASE_URL.'),
};

const Cause = z.object({ message: z.string(), code: z.string().catch('') });

/** What keeps the bot from its database, and what to do about it. */
export function explainDatabase(error: DatabaseUnavailable): Trouble {
  if (error.cause instanceof DatabaseOfNewerVersion) return ofNewerVersion(error.cause);
  const { code: its, message } = Cause.safeParse(error.cause).data ?? { code: '', message: '' };
  const { code, remedy } = ADVICE.find(({ when }) => when.test(`${its} ${message}`)) ?? UNREACHABLE;
  const says = phrase(`数据库不能用：${error.message}。`, `The database cannot be used: ${error.message}.`);
  return new Trouble(code, says, remedy, error);
}

const ofNewerVersion = (error: DatabaseOfNewerVersion): Trouble =>
  new Trouble(
    'database_newer',
    phrase(
      `这个数据库属于更新版本的机器人（${error.migrations.join('、')}）。`,
      `This database belongs to a newer version of the bot (${error.migrations.join(', ')}).`,
    ),
    phrase(
      '请安装那个版本，或恢复升级之前的备份。',
      'Install that version, or restore the backup from before the update.',
    ),
    error,
  );

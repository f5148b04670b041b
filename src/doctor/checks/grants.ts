import { createVault } from '../../auth/vault.ts';
import { DAY_MS } from '../../lib/durations.ts';
import { phrase } from '../../lib/phrase.ts';
import type { GrantRecord } from '../../store/grants.ts';
import { type Check, ok, skipped, together, warning } from '../check.ts';

/** The bot renews a login three days before its end: what has less left is not being renewed. */
const SOON_MS = 2 * DAY_MS;

/** Stored logins can be read, and work. */
export const grants: Check = {
  name: 'grants',
  title: phrase('管理员的授权', 'Logins of admins'),
  needs: ['database'],
  variables: ['TOKEN_ENCRYPTION_KEYS'],
  async run({ database, config, clock }) {
    const found = await database();
    if (found.kind === 'absent') return ok(NOBODY);
    if (found.pending.length > 0) {
      return skipped('migrations_pending', phrase('有迁移待执行。', 'There are pending migrations.'));
    }
    const all = await found.store.grants.all();
    if (all.length === 0) return ok(NOBODY);
    const vault = createVault(config.tokenKeys);
    const opened = await Promise.all(all.map((grant) => vault.open(grant.openId, grant.tokens)));
    const unreadable = opened.filter((tokens) => tokens === undefined).length;
    const dead = all.filter((grant) => isDead(grant, clock.now())).length;
    const ending = all.filter((grant) => isEnding(grant, clock.now())).length;
    return together(
      problemsOf({ unreadable, dead, ending }),
      ok(phrase(`${all.length} 个，都有效。`, `${all.length}, all in force.`)),
    );
  },
};

const NOBODY = phrase('还没有人登录。', 'Nobody has logged in yet.');

const isDead = ({ deadReason, refreshExpiresAt }: GrantRecord, now: number): boolean =>
  deadReason !== undefined || (refreshExpiresAt ?? Number.POSITIVE_INFINITY) <= now;

const isEnding = (grant: GrantRecord, now: number): boolean =>
  !isDead(grant, now) && (grant.refreshExpiresAt ?? Number.POSITIVE_INFINITY) <= now + SOON_MS;

const LOG_IN = phrase('相关的人需要发送 /skill login。', 'Who is concerned has to send /skill login.');

const problemsOf = ({ unreadable, dead, ending }: Record<'unreadable' | 'dead' | 'ending', number>) => [
  ...(unreadable === 0
    ? []
    : [
        warning(
          'unreadable',
          phrase(`${unreadable} 个授权用现有的密钥解不开。`, `No key opens ${unreadable} of the stored logins.`),
          phrase(
            '请把原来的密钥加回 TOKEN_ENCRYPTION_KEYS，否则要重新登录。',
            'Add the former key to TOKEN_ENCRYPTION_KEYS again; else these people have to log in anew.',
          ),
        ),
      ]),
  ...(dead === 0 ? [] : [warning('dead', phrase(`${dead} 个授权已失效。`, `${dead} of the logins are dead.`), LOG_IN)]),
  ...(ending === 0
    ? []
    : [
        warning(
          'ending',
          phrase(
            `${ending} 个授权两天内到期，没有被续期。`,
            `${ending} of the logins end within two days and are not renewed.`,
          ),
          phrase('请让机器人保持运行：它会自动续期。', 'Keep the bot running: it renews them.'),
        ),
      ]),
];

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Bot, startBot, TOKEN_KEY } from '../support/bot.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../support/database.ts';
import { type LocalFeishu, startLocalFeishu } from '../support/localFeishu.ts';
import { answerTo, type ShownCard } from '../support/shownCard.ts';
import { loginLink } from '../support/story.ts';

const NEW_KEY = Buffer.alloc(32, 'another key ').toString('base64');
const OLD = TOKEN_KEY;

let sandbox: LocalFeishu;
let database: TemporaryDatabase;
beforeAll(async () => {
  sandbox = await startLocalFeishu();
  sandbox.settings.rateLimits = false;
  database = await temporaryDatabase('sqlite');
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
});

const says = async (text: string): Promise<ShownCard> => answerTo(sandbox, await sandbox.say('admin', 'p2p', text));

/** Runs a bot with these keys, and gives what it logged. */
async function withKeys(keys: string[], story: () => Promise<void>): Promise<string> {
  const env = { TOKEN_ENCRYPTION_KEYS: keys.join(',') };
  const bot: Bot = await startBot({ sandbox, databaseUrl: database.url, env });
  try {
    await story();
  } finally {
    await bot.stop();
  }
  for (const key of keys) expect(bot.logs()).not.toContain(key);
  return bot.logs();
}

const canWrite = async (): Promise<boolean> =>
  (await says('/skill rename 6941215891786825756 Other')).title === 'Please confirm: Rename';

it('a key is replaced without anybody logging in again, once every login was sealed anew', async () => {
  await withKeys([OLD], async () => {
    await sandbox.login('admin', loginLink(sandbox, await says('/skill login')));
    expect(await canWrite()).toBe(true);
  });

  const early = await withKeys([NEW_KEY], async () => {
    const who = await says('/skill whoami');
    expect(who.title).toBe('Not logged in');
    expect(who.text).toContain('/skill login');
    expect(await canWrite()).toBe(false);
  });
  expect(early).toMatch(/"level":40.*key/);

  await withKeys([NEW_KEY, OLD], async () => {
    expect((await says('/skill whoami')).text).toContain('renewed by itself');
    expect(await canWrite()).toBe(true);
    // A renewed token is sealed with the first key.
    sandbox.expireAccessToken('admin');
    const preview = await says('/skill rename 6941215891786825756 Sealed');
    expect((await sandbox.click('admin', preview.messageId, { action: 'change.confirm' })).status).toBe('ok');
  });

  await withKeys([NEW_KEY], async () => {
    expect(await canWrite()).toBe(true);
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import type { Database } from '../../src/store/schema.ts';
import { onStage, until } from '../support/story.ts';

const DAY_MS = 86_400_000;
const env = { INBOX_RETENTION_DAYS: '3', HISTORY_RETENTION_DAYS: '10' };

/** Just within what is kept, and just beyond it. */
const within = (days: number): number => Date.now() - days * DAY_MS + 3_600_000;
const beyond = (days: number): number => Date.now() - days * DAY_MS - 3_600_000;

it('what is finished is forgotten after the configured time, and what is open never', async () => {
  await onStage({ env, loggedIn: ['admin'] }, async (stage) => {
    const lin = stage.person('admin');
    const preview = await lin.says('/skill rename VIP Kept');
    await lin.presses(preview, 'change.confirm');
    await stage.bot.stop();

    const db = openDatabase(stage.databaseUrl, createLogger('silent'));
    await addInbox(db, 'old', beyond(3));
    await addInbox(db, 'recent', within(3));
    await addInbox(db, 'open', null);
    await copyChange(db, '01ARZ3NDEKTSV4RRFFQ69G5FA1', beyond(10));
    await copyChange(db, '01ARZ3NDEKTSV4RRFFQ69G5FA2', within(10));
    for (const [name, at] of [
      ['old', beyond(1)],
      ['recent', within(1)],
    ] as const) {
      await db
        .insertInto('logins')
        .values({ ticket_hash: name, open_id: 'ou_x', chat_id: 'oc_x', expires_at: at })
        .execute();
      const device = { id: name, request_key: name, open_id: 'ou_x', codes: '', interval_ms: 5_000, due_at: at };
      await db
        .insertInto('device_logins')
        .values({ ...device, shows_result: 0, polls: 0, unanswered: 0, expires_at: at })
        .execute();
      const waiting = { id: name, open_id: 'ou_x', request: '{}', created_at: at, expires_at: at };
      await db.insertInto('waiting').values(waiting).execute();
    }
    await db
      .insertInto('views')
      .values({ id: 'old', owner_id: 'ou_x', data: '{}', expires_at: Date.now() - 1_000 })
      .execute();
    await db
      .insertInto('views')
      .values({ id: 'recent', owner_id: 'ou_x', data: '{}', expires_at: Date.now() + DAY_MS })
      .execute();

    await stage.restart();
    await until(() => stage.bot.logs().includes('listening'));
    await stage.person('admin').says('/skill list');
    const keysOf = async (
      table: 'inbox' | 'changes' | 'logins' | 'device_logins' | 'waiting' | 'views',
      column: string,
    ) => (await db.selectFrom(table).selectAll().execute()).map((row) => String(Object(row)[column]));
    await untilAsync(async () => !(await keysOf('views', 'id')).includes('old'));
    const inbox = await keysOf('inbox', 'key');
    expect([inbox.includes('old'), inbox.includes('recent'), inbox.includes('open')]).toEqual([false, true, true]);
    const changes = await keysOf('changes', 'id');
    expect(changes).not.toContain('01ARZ3NDEKTSV4RRFFQ69G5FA1');
    expect(changes).toContain('01ARZ3NDEKTSV4RRFFQ69G5FA2');
    expect(changes).toHaveLength(2);
    expect(await keysOf('logins', 'ticket_hash')).toEqual(['recent']);
    expect(await keysOf('device_logins', 'id')).toEqual(['recent']);
    expect(await keysOf('waiting', 'id')).toEqual(['recent']);
    expect(await keysOf('views', 'id')).toContain('recent');
    expect((await db.selectFrom('grants').selectAll().execute()).length).toBe(1);
    await db.destroy();
  });
});

it('what was said is not kept once it is done', async () => {
  await onStage({ env }, async (stage) => {
    await stage.person('admin').says('/skill list something-that-was-said');
    const db = openDatabase(stage.databaseUrl, createLogger('silent'));
    await untilAsync(async () => {
      const rows = await db.selectFrom('inbox').select(['state', 'delivery']).execute();
      return rows.length > 0 && rows.every(({ state, delivery }) => state === 'done' && delivery === '');
    });
    await db.destroy();
  });
});

async function addInbox(db: Database, key: string, finishedAt: number | null): Promise<void> {
  const far = Date.now() + DAY_MS;
  const state = finishedAt === null ? 'waiting' : 'done';
  const row = { key, delivery: '', state, attempts: 1, received_at: 0, due_at: far, finished_at: finishedAt } as const;
  await db.insertInto('inbox').values(row).execute();
}

/** The only change of the story once more, as if it had ended at another time. */
async function copyChange(db: Database, id: string, settledAt: number): Promise<void> {
  const change = await db.selectFrom('changes').selectAll().where('status', '=', 'applied').executeTakeFirstOrThrow();
  await db
    .insertInto('changes')
    .values({ ...change, id, request_key: id, settled_at: settledAt })
    .execute();
}

async function untilAsync(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(20);
}

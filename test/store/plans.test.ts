import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompiledQuery, sql } from 'kysely';
import { z } from 'zod';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Database } from '../../src/store/schema.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { databaseKinds, type TemporaryDatabase, temporaryDatabase } from '../support/database.ts';
import { by, chat, ending, message, NOW, newChange, skill, tom, viewId } from './samples.ts';

/** Numbers of five digits, so that an id made of one has its length. */
const FIRST = 10_000;
const LAST = 15_000;

/** Many rows of the usual kind in every table that grows: old ones that are over, and a few that are not. */
const FILL: Readonly<Record<string, string>> = {
  inbox: `select 'k' || i, '', 'done', 1, i, i, null, case when i % 500 = 0 then null else i end, null, 'oc_' || (i % 50),
    'ou', 0, case when i % 1000 = 0 then i else null end from n`,
  changes: `select '000000000000000000000' || i, 'r' || i, case when i % 500 = 0 then 'pending' else 'applied' end,
    '{"kind":"rename","name":"VIP"}', 's' || (i % 50), 'VIP',
    'ou_' || (i % 50), 'oc', 'om', null, null, null, '[]', '[]', null, null, i, i,
    case when i % 500 = 0 then null else i end, null, i, 0, 0, null from n`,
  grants: `select 'ou_' || i, 'name', 'tokens', i, i, i, case when i % 500 = 0 then null else 'dead' end, null, null, 0 from n`,
  logins: `select 't' || i, 'ou_' || i, 'oc', null, 's' || i, null, i, null, null from n`,
  device_logins: `select 'd' || i, 'r' || i, 'ou_' || (i % 50), null, 0, '', 5000, i, null, 1, 0, i,
    case when i % 500 = 0 then null else 'done' end from n`,
  waiting: `select 'w' || i, 'ou_' || i, '{}', i, i from n`,
  views: `select 'v' || i, 'ou_x', '{}', i from n`,
  skill_leases: `select 'k' || i, 'h' || i, i from n`,
};

/** Read as a whole, once, by whoever starts; the second has one row. */
const WHOLE = ['select * from "grants"', 'select "time_ms", "elapsed_ms" from "clock" where "id" = $1'];

let heard: CompiledQuery[] = [];
const logger = createLogger('silent');

async function fill(db: Database): Promise<void> {
  const numbers = `with recursive n(i) as (select ${FIRST} union all select i + 1 from n where i < ${LAST})`;
  for (const [table, rows] of Object.entries(FILL)) {
    const into = `insert into ${table} ${numbers} ${rows}`;
    await sql.raw(into).execute(db);
  }
  await sql`analyze`.execute(db);
}

/** Calls everything that a repository can do; `untouched` are those that were not called. */
async function useEverything(store: Store): Promise<void> {
  const { inbox, changes, grants, logins, deviceLogins, waiting, views, skillLeases, desks, clockAnchor } = store;
  const receipt = { worker: 'w', now: NOW, leaseUntil: NOW + 10 };
  await inbox.add(
    [
      { requestKey: 'a', delivery: '{}', held: true },
      { requestKey: 'b', delivery: '{}', held: false },
    ],
    receipt,
  );
  await inbox.add([{ requestKey: 'd', delivery: '{}', held: true }], { ...receipt, isAwaited: true });
  await inbox.enqueue({ requestKey: 'c', delivery: '{}', now: NOW });
  await inbox.claim({ worker: 'w', now: NOW, leaseUntil: NOW + 10, limit: 5 });
  await inbox.claim({
    worker: 'w',
    now: NOW,
    leaseUntil: NOW + 10,
    limit: 5,
    except: { chats: ['oc_1'], actors: ['ou_1'], lostFrom: 2 },
  });
  await inbox.handBack(['a'], 'w', { dueAt: NOW });
  await inbox.handBack(['a', 'b'], 'w', { dueAt: NOW, isCleanStop: true });
  await inbox.postpone('oc_1', NOW + 10);
  await inbox.renew(['a', 'b'], 'w', NOW + 20);
  await inbox.finish(['a', 'b'], 'w', NOW);
  await inbox.retry('c', 'w', NOW, 'x');
  await inbox.giveUp('c', 'w', NOW, 'x');
  await inbox.setAside('d', 'w', NOW, 'x');
  await inbox.listSetAside(5);
  await inbox.countSetAside();
  await inbox.retrySetAside(NOW);
  await inbox.prune(100);
  await inbox.depth();
  await inbox.oldest();

  const one = await changes.insert(newChange(1));
  const two = await changes.insert(newChange(2));
  await changes.get(one.id);
  await changes.setCard(one.id, message(1));
  await changes.claim(one.id, by(tom), { worker: 'w', now: NOW, leaseUntil: NOW + 10 });
  await changes.markAttempted(one.id, { worker: 'w', now: NOW }, {});
  await changes.renew([one.id, two.id], 'w', NOW + 20);
  await changes.markAttempted(one.id, { worker: 'nobody', now: NOW }, {});
  await changes.handBack(one.id, 'w', NOW, { outcome: {}, showsCard: true });
  await changes.claimUnknownCards(5, { now: NOW, until: NOW + 10 });
  await changes.cardDue(two.id);
  await changes.made([skill(1), skill(2)]);
  await changes.doubtfulCreates('VIP');
  await changes.isBeingUndone(one.id);
  await changes.wasWritten(skill(1), { since: NOW, besides: one.id });
  await changes.noteRetry(two.id, {});
  await changes.takeOver({ worker: 'w', now: NOW, leaseUntil: NOW + 10 }, 5);
  await changes.takeOver({ worker: 'w', now: NOW, leaseUntil: NOW + 10 }, 5, { stillAt: [two.id] });
  await changes.endApplying(one, 'w', ending('applied'));
  await changes.endPending(two.id, ending('cancelled'));
  await changes.expire(NOW - 1, 5);
  await changes.claimCards(5, { worker: 'w', now: NOW * 2, until: NOW * 3 });
  await changes.cardShown(one.id);
  await changes.undoneBy([one.id, two.id]);
  await changes.history({}, 0, 0);
  await changes.history({ skillId: skill(1) }, 0, 5);
  await changes.history({ actorId: tom }, 0, 5);
  await changes.history({ skillId: skill(1), actorId: tom }, 0, 5);
  await changes.latestUndoable(tom);
  await changes.latestUndoable(tom, two.id);
  await changes.prune(100);

  const tokens = { tokens: 't', accessExpiresAt: NOW, refreshExpiresAt: NOW };
  await grants.save({ openId: tom, name: 'Tom', grantedAt: NOW, ...tokens });
  await grants.get(tom);
  await grants.lockRefresh(tom, 'w', NOW, NOW + 10);
  await grants.markInDoubt(tom, 'w');
  await grants.storeRefreshed(tom, 't', tokens);
  await grants.unlockRefresh(tom, 'w', true);
  await grants.markDead(tom, 't', 'x');
  await grants.expireAccess(tom, NOW);
  await grants.expiringBefore(NOW, 10);
  await grants.all();
  await grants.remove(tom);

  await logins.offer({ ticketHash: 'h', actorId: tom, chatId: chat, expiresAt: NOW + 10 });
  await logins.setCard('h', message(1));
  await logins.open('h', NOW, { stateHash: 's', verifier: 'v', expiresAt: NOW + 10 });
  await logins.finish('s', NOW);
  await logins.settle('h');
  await logins.shown(tom);
  await logins.withdraw(tom);
  await logins.prune(100);

  const polled = { intervalMs: 5_000, dueAt: NOW, expiresAt: NOW + 10 };
  await deviceLogins.add({ id: 'd', actorId: tom, requestKey: 'r', codes: 'c', ...polled });
  await deviceLogins.find(tom, 'r', NOW);
  await deviceLogins.setCard('d', message(1), false);
  await deviceLogins.claim('w', NOW, NOW + 10, 5);
  await deviceLogins.keep('d', 'w', NOW + 20);
  await deviceLogins.release('d', 'w', { intervalMs: 5_000, dueAt: NOW, unanswered: 0 });
  await deviceLogins.end('d', 'done');
  await deviceLogins.withdraw(tom);
  await deviceLogins.prune(100);

  await waiting.add({ id: 'w', actorId: tom, request: '{}', createdAt: NOW, expiresAt: NOW });
  await waiting.take(tom, NOW);
  await waiting.prune(100);
  await views.save({ id: viewId(1), actorId: tom, data: '{}', expiresAt: NOW });
  await views.get(viewId(1), NOW);
  await views.prune(100);
  await skillLeases.acquire('k', 'h', NOW, NOW + 10);
  await skillLeases.holders(['k', 'l'], NOW);
  await skillLeases.setUntil('h', NOW + 20);
  await skillLeases.extend(['h', 'g'], NOW + 30);
  await skillLeases.release('k', 'h');
  await desks.rememberWholeWrites('d');
  await desks.needsWholeWrites('d');
  await clockAnchor.set({ time_ms: NOW, elapsed_ms: 1 });
  await clockAnchor.get();
}

/** The store, and which of its repositories' functions were not called yet. */
function watched(store: Store): { store: Store; untouched: Set<string> } {
  const untouched = new Set<string>();
  const watch = <R extends object>(name: string, repository: R): R => {
    for (const key of Object.keys(repository)) untouched.add(`${name}.${key}`);
    return new Proxy(repository, {
      get(target, key, receiver) {
        untouched.delete(`${name}.${String(key)}`);
        return Reflect.get(target, key, receiver);
      },
    });
  };
  const watchedStore = { ...store };
  for (const [name, part] of Object.entries(store)) {
    if (typeof part === 'object') Object.assign(watchedStore, { [name]: watch(name, part) });
  }
  return { store: watchedStore, untouched };
}

const SqlitePlan = z.array(z.object({ detail: z.string() }));

/**
 * Steps that look at every row of a table. Two partial indexes are read in their order: what is open, to be counted, and
 * the history, of which a page is taken.
 */
async function scansInSqlite(db: Database, query: CompiledQuery): Promise<string[]> {
  const { rows } = await db.executeQuery(CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters]));
  return SqlitePlan.parse(rows)
    .map(({ detail }) => detail)
    .filter(
      (detail) =>
        /^SCAN /.test(detail) && !/^SCAN (CONSTANT ROW|\d+ CONSTANT ROWS|claimed|own|silent|over|due)\b/.test(detail),
    )
    .filter((detail) => !/USING (COVERING )?INDEX (inbox_open|changes_in_history)$/.test(detail));
}

interface Node {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Index Name'?: string | undefined;
  'Index Cond'?: string | undefined;
  Plans?: Node[] | undefined;
}
const Node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Relation Name': z.string().optional(),
    'Index Name': z.string().optional(),
    'Index Cond': z.string().optional(),
    Plans: z.array(Node).optional(),
  }),
);
const PostgresPlan = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: Node })]) })]);

async function scansInPostgres(db: Database, query: CompiledQuery): Promise<string[]> {
  const { rows } = await db.executeQuery(
    CompiledQuery.raw(`explain (format json) ${query.sql}`, [...query.parameters]),
  );
  const [
    {
      'QUERY PLAN': [{ Plan: plan }],
    },
  ] = PostgresPlan.parse(rows);
  return nodesOf(plan)
    .filter(readsAll)
    .map((node) => `${node['Node Type']} of ${node['Relation Name']}`);
}

/** A partial index holds few rows; a whole one without a condition holds them all. */
const readsAll = (node: Node): boolean =>
  node['Relation Name'] !== 'desks' &&
  (node['Node Type'] === 'Seq Scan' ||
    (node['Index Name']?.endsWith('_pkey') === true && node['Index Cond'] === undefined));

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

describe.each(databaseKinds())('on %s with many rows', (kind) => {
  let database: TemporaryDatabase;
  let db: Database;

  beforeAll(async () => {
    database = await temporaryDatabase(kind);
    db = openDatabase(database.url, logger, ({ query }) => void heard.push(query));
    await migrate(db);
    await fill(db);
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  it('no statement of any repository looks at every row of a table', async () => {
    const { store, untouched } = watched(createStore(db));
    heard = [];
    await useEverything(store);
    expect([...untouched]).toEqual([]);
    const statements = new Map(
      heard.filter(({ sql }) => /^(with|select|update|delete|insert)/.test(sql)).map((query) => [query.sql, query]),
    );
    expect(statements.size).toBeGreaterThan(50);
    const scans: Record<string, string[]> = {};
    for (const [text, query] of statements) {
      const found = kind === 'sqlite' ? await scansInSqlite(db, query) : await scansInPostgres(db, query);
      if (found.length > 0 && !WHOLE.includes(text)) scans[text] = found;
    }
    expect(scans).toEqual({});
  });
});

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { z } from 'zod';
import { createLogger } from '../../src/lib/logger.ts';
import { openDatabase } from '../../src/store/connection.ts';
import { startPostgres } from '../support/postgres/start.js';
import type { Content, StoredChange } from './history.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

/** An empty database for one run. */
export interface RunDatabase {
  kind: DatabaseKind;
  url: string;
  drop(): Promise<void>;
}

/**
 * Makes one: a file, or a database of its own on the server that `TEST_POSTGRES_URL` names. Without that a server is
 * started, which ends with this process.
 */
export async function createDatabase(kind: DatabaseKind): Promise<RunDatabase> {
  if (kind === 'sqlite') {
    const directory = await mkdtemp(join(tmpdir(), 'skillbot-torture-'));
    return {
      kind,
      url: `file:${join(directory, 'skillbot.db')}`,
      drop: () => rm(directory, { recursive: true, force: true }),
    };
  }
  const name = `skillbot_torture_${randomBytes(8).toString('hex')}`;
  const server = process.env.TEST_POSTGRES_URL || (await startServer());
  await onServer(server, `create database ${name} template template0`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { kind, url: url.href, drop: () => onServer(server, `drop database ${name} with (force)`) };
}

async function startServer(): Promise<string> {
  const started = await startPostgres();
  if ('url' in started) return started.url;
  throw new Error(`${started.reason} Name a server in TEST_POSTGRES_URL, or use --database sqlite.`);
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** What the database holds, read beside the bots. */
export interface Stored {
  changes: StoredChange[];
  /** Keys of deliveries that are not finished. */
  openDeliveries: string[];
  /** How many changes wait for their card to be brought up to date. */
  dueCards: number;
}

export interface DatabaseReader {
  read(): Promise<Stored>;
  close(): Promise<void>;
}

const json = z
  .string()
  .nullable()
  .transform((text): unknown => (text === null ? undefined : JSON.parse(text)));

const StoredRule = z.object({ id: z.string(), selected_operator: z.number().optional(), operand: z.unknown() });
const StoredContent = z
  .object({ name: z.string(), agent_ids: z.array(z.string()), rules: z.array(StoredRule) })
  .transform(({ name, agent_ids, rules }) =>
    contentOf(
      name,
      agent_ids,
      rules.map((rule) => ({ ...rule, selectedOperator: rule.selected_operator })),
    ),
  );

const Outcome = z.looseObject({
  created_id: z.string().optional(),
  next: z.string().optional(),
  unknown: z.unknown().optional(),
});

const Row = z.object({
  id: z.string(),
  status: z.string(),
  intent: json.pipe(z.object({ kind: z.string() })),
  actor_id: z.string(),
  skill_id: z.string().nullable(),
  card_message_id: z.string().nullable(),
  // PostgreSQL gives a bigint as a text.
  expires_at: z.coerce.number(),
  base: json.pipe(StoredContent.optional()),
  target: json.pipe(StoredContent.optional()),
  outcome: json.pipe(Outcome.optional()),
});

export function openReader({ url }: RunDatabase): DatabaseReader {
  const db = openDatabase(url, createLogger('silent'));
  return {
    async read() {
      const changes = await sql`select * from changes order by id`.execute(db);
      const inbox = await sql`select key from inbox where finished_at is null`.execute(db);
      const due = await sql`select id from changes where card_due = 1`.execute(db);
      return {
        dueCards: due.rows.length,
        changes: changes.rows.map(storedChange),
        openDeliveries: inbox.rows.map((row) => z.object({ key: z.string() }).parse(row).key),
      };
    },
    close: () => db.destroy(),
  };
}

function storedChange(value: unknown): StoredChange {
  const { outcome, intent, ...row } = Row.parse(value);
  return {
    id: row.id,
    kind: intent.kind,
    status: row.status,
    isUnknown: outcome?.unknown !== undefined,
    actorId: row.actor_id,
    skillId: row.skill_id ?? undefined,
    createdId: outcome?.created_id,
    next: outcome?.next,
    base: row.base,
    target: row.target,
    messageId: row.card_message_id ?? undefined,
    expiresAt: row.expires_at,
  };
}

interface AnyRule {
  id: string;
  selectedOperator?: number | undefined;
  operand?: unknown;
}

/** The order of agents means nothing; an operand counts the same as text and as JSON. */
export const contentOf = (name: string, agents: readonly string[], rules: readonly AnyRule[]): Content => ({
  name,
  agents: [...agents].sort(),
  rules: rules.map(({ id, selectedOperator, operand }) => `${id} ${selectedOperator} ${operandText(operand)}`),
});

const operandText = (operand: unknown): string =>
  typeof operand === 'string' ? operand : JSON.stringify(operand ?? '');

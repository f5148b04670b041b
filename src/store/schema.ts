import type { Generated, Kysely, Selectable } from 'kysely';

/** Times are milliseconds since 1970, flags 0 or 1, and columns called JSON hold text that a repository checks. */
export interface Schema {
  inbox: InboxTable;
  changes: ChangesTable;
  skill_leases: SkillLeasesTable;
  desks: DesksTable;
  grants: GrantsTable;
  logins: LoginsTable;
  device_logins: DeviceLoginsTable;
  waiting: WaitingTable;
  views: ViewsTable;
  clock: ClockTable;
}

interface InboxTable {
  key: string;
  /** JSON; emptied when the row is finished. */
  delivery: string;
  state: 'waiting' | 'working' | 'done' | 'given-up' | 'set-aside';
  /** How often somebody has begun to work on it, those included that were lost. */
  attempts: number;
  received_at: number;
  /** When the row is to be taken up: a waiting one for the next attempt, a working one when its worker is silent. */
  due_at: number;
  worker: string | null;
  finished_at: number | null;
  error: string | null;
  /** The chat that it is about and the person who asked, where they are known: they take turns with others. */
  chat_id: string | null;
  sender_id: string | null;
  /** How many workers died or hung while they worked on it, since the last one that stopped in order. */
  lost: Generated<number>;
  set_aside_at: number | null;
}

interface ChangesTable {
  id: string;
  /** What asked for it; the same request makes one change only. */
  request_key: string;
  status: string;
  intent: string;
  skill_id: string | null;
  skill_name: string;
  actor_id: string;
  chat_id: string;
  source_message_id: string;
  card_message_id: string | null;
  base: string | null;
  target: string | null;
  /** JSON: names of people that the cards of this change show. */
  people: string;
  remarks: string;
  outcome: string | null;
  undo_of: string | null;
  created_at: number;
  expires_at: number;
  settled_at: number | null;
  worker: string | null;
  lease_until: number | null;
  /** 1 as soon as a write may have been sent. */
  attempted: number;
  /** 1 while the card does not show the status yet. */
  card_due: number;
  /** Who brings the card of a change up to date that is not over is trusted to do so until then. */
  card_claimed_until: number | null;
}

interface SkillLeasesTable {
  skill_key: string;
  holder: string;
  until: number;
}

interface DesksTable {
  id: string;
  whole_writes: number;
}

interface GrantsTable {
  open_id: string;
  name: string;
  /** Encrypted. */
  tokens: string;
  access_expires_at: number;
  refresh_expires_at: number | null;
  granted_at: number;
  dead_reason: string | null;
  /** Who refreshes at the moment, and until when that is believed. */
  refresher: string | null;
  refresh_until: number | null;
  /** 1 from before a refresh is sent until its answer is stored: the refresh token may have been spent. */
  refresh_in_doubt: number;
}

interface LoginsTable {
  ticket_hash: string;
  open_id: string;
  chat_id: string;
  card_message_id: string | null;
  state_hash: string | null;
  /** Encrypted. */
  verifier: string | null;
  expires_at: number;
  opened_at: number | null;
  finished_at: number | null;
}

interface DeviceLoginsTable {
  id: string;
  /** What asked for it; the same request again gets the same login while that is open. */
  request_key: string;
  open_id: string;
  card_message_id: string | null;
  /** 1 when what waits for the login shows its result in that card. */
  shows_result: number;
  /** Encrypted: the device code, the user code and the address. Emptied when the login has ended. */
  codes: string;
  interval_ms: number;
  /** When Feishu is to be asked next, or, while a worker asks, when that worker is silent. */
  due_at: number;
  worker: string | null;
  polls: number;
  /** Polls since the last answer: more than the present one, and the code may have been spent. */
  unanswered: number;
  expires_at: number;
  /** How it ended; null while it is open. */
  ending: string | null;
}

interface WaitingTable {
  id: string;
  open_id: string;
  /** JSON. */
  request: string;
  created_at: number;
  expires_at: number;
}

interface ViewsTable {
  id: string;
  owner_id: string;
  /** JSON. */
  data: string;
  expires_at: number;
}

interface ClockTable {
  id: number;
  time_ms: number;
  elapsed_ms: number;
}

export type Database = Kysely<Schema>;
export type Row<T extends keyof Schema> = Selectable<Schema[T]>;

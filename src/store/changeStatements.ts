import type { ChangeId, MessageId, OpenId, SkillId } from '../skills/ids.ts';
import type { FinalStatus } from './change.ts';
import { UNSYNCED } from './dialect.ts';
import { type Given, prepared } from './prepared.ts';
import type { Database } from './schema.ts';

interface Claim {
  id: ChangeId;
  actor: OpenId;
  card: MessageId;
  worker: string;
  now: number;
  leaseUntil: number;
}

interface Attempt {
  id: ChangeId;
  worker: string;
  /** JSON; null keeps what is there. */
  outcome: string | null;
}

interface End {
  id: ChangeId;
  worker: string;
  status: FinalStatus;
  /** JSON. */
  outcome: string;
  now: number;
  cardBy: number;
  /** Null keeps the id that is there. */
  created_id: SkillId | null;
}

/** What every Confirm runs. */
export const changeStatements = (db: Database) => ({
  get: prepared(db, (given: Given<{ id: ChangeId }>) =>
    db.selectFrom('changes').selectAll().where('id', '=', given('id')),
  ),

  setCard: prepared(db, (given: Given<{ id: ChangeId; card: MessageId }>) =>
    db
      .updateTable('changes')
      .set({ card_message_id: given('card') })
      .where('id', '=', given('id'))
      .modifyEnd(UNSYNCED),
  ),

  claim: prepared(db, (given: Given<Claim>) =>
    db
      .updateTable('changes')
      .set({
        status: 'applying',
        card_message_id: given('card'),
        worker: given('worker'),
        lease_until: given('leaseUntil'),
      })
      .where('id', '=', given('id'))
      .where('actor_id', '=', given('actor'))
      .where('status', '=', 'pending')
      .where('expires_at', '>', given('now'))
      .returningAll()
      .modifyEnd(UNSYNCED),
  ),

  markAttempted: prepared(db, (given: Given<Attempt>) =>
    db
      .updateTable('changes')
      .set(({ fn }) => ({ attempted: 1, outcome: fn.coalesce(given('outcome'), 'outcome') }))
      .where('id', '=', given('id'))
      .where('status', '=', 'applying')
      .where('worker', '=', given('worker')),
  ),

  endApplying: prepared(db, (given: Given<End>) =>
    db
      .updateTable('changes')
      .set(({ fn }) => ({
        status: given('status'),
        outcome: given('outcome'),
        settled_at: given('now'),
        card_due: 1,
        lease_until: given('cardBy'),
        skill_id: fn.coalesce(given('created_id'), 'skill_id'),
      }))
      .where('id', '=', given('id'))
      .where('status', '=', 'applying')
      .where('worker', '=', given('worker'))
      .returning(['card_message_id', 'attempted']),
  ),

  cardShown: prepared(db, (given: Given<{ id: ChangeId }>) =>
    db.updateTable('changes').set({ card_due: 0 }).where('id', '=', given('id')).modifyEnd(UNSYNCED),
  ),
});

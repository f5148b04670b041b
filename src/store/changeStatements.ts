import type { FinalStatus } from '../domain/change.ts';
import type { ChangeId, MessageId, OpenId, SkillId } from '../domain/ids.ts';
import { UNSYNCED } from './dialect.ts';
import { type Given, prepared } from './prepared.ts';
import type { Database } from './schema.ts';

interface Claim {
  id: ChangeId;
  actorId: OpenId;
  cardMessageId: MessageId;
  worker: string;
  now: number;
  leaseUntil: number;
}

interface Owned {
  id: ChangeId;
  worker: string;
  now: number;
}

interface Attempt extends Owned {
  /** JSON. */
  outcome: string;
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
  createdId: SkillId | null;
}

/** What every Confirm runs. */
export const changeStatements = (db: Database) => ({
  get: prepared(db, (given: Given<{ id: ChangeId }>) =>
    db.selectFrom('changes').selectAll().where('id', '=', given('id')),
  ),

  setCard: prepared(db, (given: Given<{ id: ChangeId; cardMessageId: MessageId }>) =>
    db
      .updateTable('changes')
      .set({ card_message_id: given('cardMessageId') })
      .where('id', '=', given('id'))
      .modifyEnd(UNSYNCED),
  ),

  claim: prepared(db, (given: Given<Claim>) =>
    db
      .updateTable('changes')
      .set({
        status: 'applying',
        worker: given('worker'),
        lease_until: given('leaseUntil'),
      })
      // A copy of the card that somebody forwarded is answered, too: the bot's own message stays the change's.
      .set(({ fn }) => ({ card_message_id: fn.coalesce('card_message_id', given('cardMessageId')) }))
      .where('id', '=', given('id'))
      .where('actor_id', '=', given('actorId'))
      .where('status', '=', 'pending')
      .where('expires_at', '>', given('now'))
      .returningAll()
      .modifyEnd(UNSYNCED),
  ),

  markAttempted: prepared(db, (given: Given<Attempt>) =>
    db
      .updateTable('changes')
      .set({ attempted: 1, outcome: given('outcome') })
      .where('id', '=', given('id'))
      .where('status', '=', 'applying')
      .where('worker', '=', given('worker'))
      .where('lease_until', '>', given('now'))
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('grants')
            .select('grants.open_id')
            .whereRef('grants.open_id', '=', 'changes.actor_id')
            .where('grants.dead_reason', 'is', null),
        ),
      ),
  ),

  owned: prepared(db, (given: Given<Owned>) =>
    db
      .selectFrom('changes')
      .select('id')
      .where('id', '=', given('id'))
      .where('status', '=', 'applying')
      .where('worker', '=', given('worker'))
      .where('lease_until', '>', given('now')),
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
        skill_id: fn.coalesce(given('createdId'), 'skill_id'),
      }))
      .where('id', '=', given('id'))
      .where('status', '=', 'applying')
      .where('worker', '=', given('worker'))
      .returning(['card_message_id', 'attempted']),
  ),
});

import type { FinalStatus } from '../domain/change.ts';
import type { ChangeId, MessageId, OpenId, SkillId } from '../domain/ids.ts';
import { UNSYNCED } from './dialect.ts';
import { type Parameter, prepared } from './prepared.ts';
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
  get: prepared(db, (parameter: Parameter<{ id: ChangeId }>) =>
    db.selectFrom('changes').selectAll().where('id', '=', parameter('id')),
  ),

  setCard: prepared(db, (parameter: Parameter<{ id: ChangeId; cardMessageId: MessageId }>) =>
    db
      .updateTable('changes')
      .set(({ eb }) => ({
        card_message_id: parameter('cardMessageId'),
        // What it has become, while nobody knew where that was to be shown.
        card_due: eb
          .case()
          .when(eb.and([eb('card_message_id', 'is', null), eb('status', '!=', 'pending')]))
          .then(1)
          .else(eb.ref('card_due'))
          .end(),
      }))
      .where('id', '=', parameter('id'))
      .modifyEnd(UNSYNCED),
  ),

  claim: prepared(db, (parameter: Parameter<Claim>) =>
    db
      .updateTable('changes')
      .set({
        status: 'applying',
        worker: parameter('worker'),
        lease_until: parameter('leaseUntil'),
      })
      // A copy of the card that somebody forwarded is answered, too: the bot's own message stays the change's.
      .set(({ fn }) => ({ card_message_id: fn.coalesce('card_message_id', parameter('cardMessageId')) }))
      .where('id', '=', parameter('id'))
      .where('actor_id', '=', parameter('actorId'))
      .where('status', '=', 'pending')
      .where('expires_at', '>', parameter('now'))
      .returningAll()
      .modifyEnd(UNSYNCED),
  ),

  markAttempted: prepared(db, (parameter: Parameter<Attempt>) =>
    db
      .updateTable('changes')
      .set({ attempted: 1, outcome: parameter('outcome') })
      .where('id', '=', parameter('id'))
      .where('status', '=', 'applying')
      .where('worker', '=', parameter('worker'))
      .where('lease_until', '>', parameter('now'))
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('grants')
            .select('grants.open_id')
            .whereRef('grants.open_id', '=', 'changes.actor_id')
            .where('grants.dead_reason', 'is', null),
        ),
      ),
  ),

  owned: prepared(db, (parameter: Parameter<Owned>) =>
    db
      .selectFrom('changes')
      .select('id')
      .where('id', '=', parameter('id'))
      .where('status', '=', 'applying')
      .where('worker', '=', parameter('worker'))
      .where('lease_until', '>', parameter('now')),
  ),

  endApplying: prepared(db, (parameter: Parameter<End>) =>
    db
      .updateTable('changes')
      .set(({ fn }) => ({
        status: parameter('status'),
        outcome: parameter('outcome'),
        settled_at: parameter('now'),
        card_due: 1,
        lease_until: parameter('cardBy'),
        skill_id: fn.coalesce(parameter('createdId'), 'skill_id'),
      }))
      .where('id', '=', parameter('id'))
      .where('status', '=', 'applying')
      .where('worker', '=', parameter('worker'))
      .returning(['card_message_id', 'attempted']),
  ),
});

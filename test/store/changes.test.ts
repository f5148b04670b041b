import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '../../src/domain/change.ts';
import type { ChangeId } from '../../src/domain/ids.ts';
import type { Intent } from '../../src/domain/intent.ts';
import type { Remark } from '../../src/domain/remark.ts';
import { ExactNumber } from '../../src/lib/json.ts';
import type { Database } from '../../src/store/schema.ts';
import type { Store } from '../../src/store/store.ts';
import { onEveryDatabase } from '../support/database.ts';
import {
  by,
  changeId,
  changeIn,
  chat,
  ending,
  grantOfTom,
  MINUTE,
  message,
  NOW,
  newChange,
  race,
  SECOND,
  skill,
  stored,
  tom,
  zhang,
} from './samples.ts';

const LEASE = 30 * SECOND;

describe('changes', () => {
  onEveryDatabase((open) => {
    describe('insert', () => {
      it('gives back what was stored, as pending', async () => {
        const { store } = await open();
        const stored = await store.changes.insert(newChange(1));
        expect(stored).toEqual({
          ...newChange(1),
          status: 'pending',
          cardMessageId: undefined,
          outcome: undefined,
          settledAt: undefined,
          attempted: false,
        });
        expect(await store.changes.get(changeId(1))).toEqual(stored);
      });

      it('keeps every number of every rule as Feishu gave it, to the end', async () => {
        const { store } = await open();
        const numbers = ['6941215891786825757', '-1e400', '1.000000000000000000001'].map(
          (text) => new ExactNumber(text),
        );
        const rule = {
          id: '14',
          selectedOperator: 8,
          operand: { ids: numbers, plain: 7, text: '6941215891786825757' },
        };
        const content = {
          name: 'VIP',
          rules: [rule, { id: '17', operand: new ExactNumber('9007199254740993') }],
          agentIds: [],
        };
        const differences = [{ field: 'rules' as const, added: [rule], removed: [] }];
        const change = newChange(1, {
          intent: { kind: 'add-rule', rule },
          base: content,
          target: content,
          remarks: [{ kind: 'kept-since', kept: differences }],
        });
        await store.changes.insert(change);
        expect(await store.changes.get(changeId(1))).toMatchObject(change);
        await changeIn('applying', store, 2);
        await store.grants.save(grantOfTom);
        const attempted = { before: content, inDoubt: 1 };
        await store.changes.markAttempted(changeId(2), { worker: 'worker', now: NOW }, attempted);
        expect((await stored(store, 2)).outcome).toEqual(attempted);
        const outcome = { differences, before: content };
        await store.changes.endApplying(await stored(store, 2), 'worker', ending('mismatch', { outcome }));
        expect((await stored(store, 2)).outcome).toEqual(outcome);
        await changeIn('applying', store, 3);
        await store.changes.handBack(changeId(3), 'worker', NOW, { outcome, showsCard: false });
        expect((await stored(store, 3)).outcome).toEqual(outcome);
      });

      const content = { name: '部门 "A"', rules: [{ id: '12', operand: { ids: ['od_1'] } }], agentIds: [tom, zhang] };
      const intents: [string, Intent][] = [
        ['rename', { kind: 'rename', name: "O'Neil 😀" }],
        ['create', { kind: 'create', content, existing: [skill(7), skill(8)] }],
        ['delete', { kind: 'delete' }],
        ['edit-rule', { kind: 'edit-rule', rule: '["12",8,null]', to: { id: '12', operand: '{"a":[1]}' } }],
        [
          'undo',
          {
            kind: 'undo',
            change: changeId(9),
            differences: [{ field: 'agentIds', added: [tom], removed: [] }],
          },
        ],
      ];
      it.each(intents)('keeps a %s whole', async (_kind, intent) => {
        const { store } = await open();
        const remarks: Remark[] = [{ kind: 'already-there', agentIds: [zhang] }, { kind: 'nobody-left' }];
        const change = newChange(1, { intent, remarks, undoOf: changeId(9), base: content, target: undefined });
        await store.changes.insert(change);
        expect(await store.changes.get(change.id)).toMatchObject(change);
      });

      it('stores a create without skill and base', async () => {
        const { store } = await open();
        await store.changes.insert(newChange(1, { skillId: undefined, base: undefined }));
        expect(await store.changes.get(changeId(1))).toMatchObject({ skillId: undefined, base: undefined });
      });

      it('makes one change of one request', async () => {
        const { store } = await open();
        const first = await store.changes.insert(newChange(1, { requestKey: 'same' }));
        const second = await store.changes.insert(newChange(2, { requestKey: 'same', skillName: 'other' }));
        expect(second).toEqual(first);
        expect(await store.changes.get(changeId(2))).toBeUndefined();
      });

      it('makes one change of many simultaneous copies of a request', async () => {
        const stores = [(await open()).store, (await open()).store];
        const changes = await race(stores, (store, runner) =>
          store.changes.insert(newChange(runner, { requestKey: 'same' })),
        );
        expect(new Set(changes.map(({ id }) => id)).size).toBe(1);
      });

      it('finds nothing where there is nothing', async () => {
        const { store } = await open();
        expect(await store.changes.get(changeId(1))).toBeUndefined();
      });
    });

    it('remembers the message that shows a change', async () => {
      const { store } = await open();
      await changeIn('pending', store, 1);
      await changeIn('pending', store, 2);
      await store.changes.setCard(changeId(1), message(7));
      expect(await store.changes.get(changeId(1))).toMatchObject({ cardMessageId: message(7) });
      expect(await store.changes.get(changeId(2))).toMatchObject({ cardMessageId: undefined });
    });

    describe('claim', () => {
      it('is won by exactly one of many', async () => {
        const stores = [(await open()).store, (await open()).store];
        const id = changeId(1);
        await stores[0]?.grants.save(grantOfTom);
        await stores[0]?.changes.insert(newChange(1));
        const claims = await race(stores, async (store, runner) => ({
          worker: `worker-${runner}`,
          claimed: await store.changes.claim(id, by(tom), {
            worker: `worker-${runner}`,
            now: NOW,
            leaseUntil: NOW + LEASE,
          }),
        }));
        const winners = claims.filter(({ claimed }) => claimed !== undefined);
        expect(winners).toHaveLength(1);
        expect(winners[0]?.claimed).toMatchObject({ id, status: 'applying' });
        const markings = await Promise.all(
          claims.map(async ({ worker }) => [
            worker,
            await stores[0]?.changes.markAttempted(id, { worker, now: NOW }, {}),
          ]),
        );
        expect(markings.filter(([, permission]) => permission === 'granted')).toEqual([
          [winners[0]?.worker, 'granted'],
        ]);
      });

      it('competes with cancelling: one of both happens', async () => {
        const stores = [(await open()).store, (await open()).store];
        await stores[0]?.changes.insert(newChange(1));
        const results = await race(stores, (store, runner) =>
          runner % 3 === 0
            ? store.changes.endPending(changeId(1), ending('cancelled'))
            : store.changes.claim(changeId(1), by(tom), {
                worker: `worker-${runner}`,
                now: NOW,
                leaseUntil: NOW + LEASE,
              }),
        );
        const happened = results.filter((change) => change !== undefined);
        expect(happened).toHaveLength(1);
        expect(await stores[1]?.changes.get(changeId(1))).toEqual(happened[0]);
      });

      it('is only for the one who asked', async () => {
        const { store } = await open();
        const { id } = await store.changes.insert(newChange(1));
        const claimant = { worker: 'worker', now: NOW, leaseUntil: NOW + LEASE };
        expect(await store.changes.claim(id, by(zhang), claimant)).toBeUndefined();
        expect(await store.changes.claim(id, by(tom), claimant)).toMatchObject({
          cardMessageId: by(tom).cardMessageId,
        });
      });

      it('comes too late at the moment the preview expires', async () => {
        const { store } = await open();
        const { id, expiresAt } = await store.changes.insert(newChange(1));
        expect(
          await store.changes.claim(id, by(tom), { worker: 'worker', now: expiresAt, leaseUntil: expiresAt + LEASE }),
        ).toBeUndefined();
        expect(
          await store.changes.claim(id, by(tom), {
            worker: 'worker',
            now: expiresAt - 1,
            leaseUntil: expiresAt + LEASE,
          }),
        ).toBeDefined();
      });
    });

    describe('the arrows', () => {
      it.each(['cancelled', 'expired'] as const)('lead from pending to %s', async (status) => {
        const { store } = await open();
        await changeIn('pending', store, 1);
        const outcome: Outcome = { why: 'by-actor', next: changeId(2) };
        const ended = await store.changes.endPending(changeId(1), ending(status, { outcome }));
        expect(ended).toMatchObject({ status, outcome, settledAt: NOW + MINUTE });
        expect(await store.changes.get(changeId(1))).toEqual(ended);
      });

      it.each(['applied', 'failed', 'mismatch', 'conflicted'] as const)('lead from applying to %s', async (status) => {
        const { store } = await open();
        await changeIn('applying', store, 1);
        const claimed = await stored(store, 1);
        await store.grants.save(grantOfTom);
        await store.changes.markAttempted(changeId(1), { worker: 'worker', now: NOW }, {});
        await store.changes.setCard(changeId(1), message(7));
        const outcome: Outcome = {
          differences: [{ field: 'name', before: 'a', after: 'b' }],
          failure: { kind: 'permission', code: 155_000, message: 'no', logId: 'log' },
          repaired: true,
        };
        const ended = await store.changes.endApplying(claimed, 'worker', ending(status, { outcome }));
        expect(ended).toMatchObject({ status, outcome, settledAt: NOW + MINUTE, skillId: skill(1) });
        expect(await store.changes.get(changeId(1))).toEqual(ended);
      });

      it('give a created skill its id', async () => {
        const { store } = await open();
        await changeIn('applying', store, 1, { skillId: undefined });
        const outcome = { createdId: skill(5) };
        const ended = await store.changes.endApplying(await stored(store, 1), 'worker', ending('applied', { outcome }));
        expect(ended).toMatchObject({ skillId: skill(5), outcome });
        expect(await store.changes.get(changeId(1))).toEqual(ended);
      });

      const ends = ['applied', 'failed', 'mismatch', 'cancelled', 'expired', 'conflicted'] as const;
      it.each(['applying', ...ends] as const)('do not lead from %s as if it were pending', async (status) => {
        const { store } = await open();
        await changeIn(status, store, 1);
        const before = await store.changes.get(changeId(1));
        expect(before?.status).toBe(status);
        expect(
          await store.changes.claim(changeId(1), by(tom), { worker: 'worker', now: NOW, leaseUntil: NOW + LEASE }),
        ).toBeUndefined();
        for (const end of ['cancelled', 'expired'] as const)
          expect(await store.changes.endPending(changeId(1), ending(end))).toBeUndefined();
        await store.changes.expire(NOW + 60 * MINUTE, 10);
        expect(await store.changes.get(changeId(1))).toEqual(before);
      });

      it.each(['pending', ...ends] as const)('do not lead from %s as if it were applying', async (status) => {
        const { store } = await open();
        await changeIn(status, store, 1);
        const before = await store.changes.get(changeId(1));
        expect(before?.status).toBe(status);
        for (const end of ['applied', 'failed', 'mismatch', 'conflicted'] as const)
          expect(await store.changes.endApplying(await stored(store, 1), 'worker', ending(end))).toBeUndefined();
        expect(await store.changes.markAttempted(changeId(1), { worker: 'worker', now: NOW }, {})).toBe('superseded');
        expect(
          await store.changes.takeOver({ worker: 'other', now: NOW + 60 * MINUTE, leaseUntil: NOW + 61 * MINUTE }, 10),
        ).toEqual([]);
        expect(await store.changes.get(changeId(1))).toEqual(before);
      });

      it('lead out of applying for its worker only', async () => {
        const { store } = await open();
        await changeIn('applying', store, 1);
        expect(await store.changes.endApplying(await stored(store, 1), 'other', ending('applied'))).toBeUndefined();
        expect(await store.changes.markAttempted(changeId(1), { worker: 'other', now: NOW }, {})).toBe('superseded');
        expect(await store.changes.get(changeId(1))).toMatchObject({ status: 'applying', attempted: false });
        await store.grants.save(grantOfTom);
        expect(await store.changes.markAttempted(changeId(1), { worker: 'worker', now: NOW }, {})).toBe('granted');
        expect(await store.changes.get(changeId(1))).toMatchObject({ status: 'applying', attempted: true });
      });

      it('let nothing be sent once the lease is over, or without an authorisation', async () => {
        const { store } = await open();
        await changeIn('applying', store, 1);
        const mark = (now: number) => store.changes.markAttempted(changeId(1), { worker: 'worker', now }, {});
        expect(await mark(NOW)).toBe('no-grant');
        await store.grants.save(grantOfTom);
        expect(await mark(NOW + MINUTE)).toBe('superseded');
        await store.grants.markDead(tom, grantOfTom.tokens, '20037');
        expect(await mark(NOW)).toBe('no-grant');
        expect(await store.changes.get(changeId(1))).toMatchObject({ attempted: false });
      });
    });

    describe('takeOver', () => {
      it('leaves a change to its worker until the lease is over', async () => {
        const { store } = await open();
        await changeIn('applying', store, 1);
        expect(
          await store.changes.takeOver({ worker: 'other', now: NOW + MINUTE - 1, leaseUntil: NOW + 2 * MINUTE }, 10),
        ).toEqual([]);
        expect(
          await store.changes.takeOver({ worker: 'other', now: NOW + MINUTE, leaseUntil: NOW + 2 * MINUTE }, 10),
        ).toMatchObject([{ id: changeId(1), status: 'applying' }]);
        expect(await store.changes.endApplying(await stored(store, 1), 'worker', ending('applied'))).toBeUndefined();
        expect(await store.changes.endApplying(await stored(store, 1), 'other', ending('applied'))).toBeDefined();
      });

      it('tells whether a write may have been sent', async () => {
        const { store } = await open();
        await store.grants.save(grantOfTom);
        await changeIn('applying', store, 1);
        await store.changes.markAttempted(changeId(1), { worker: 'worker', now: NOW }, {});
        expect(
          await store.changes.takeOver({ worker: 'other', now: NOW + MINUTE, leaseUntil: NOW + 2 * MINUTE }, 10),
        ).toMatchObject([{ attempted: true }]);
      });

      it('spares whoever renews', async () => {
        const { store } = await open();
        await changeIn('applying', store, 1);
        await store.changes.insert(newChange(2));
        await store.changes.claim(changeId(2), by(tom), { worker: 'silent', now: NOW, leaseUntil: NOW + MINUTE });
        await store.changes.renew([changeId(1), changeId(2)], 'worker', NOW + 2 * MINUTE);
        expect(
          await store.changes.takeOver({ worker: 'other', now: NOW + MINUTE, leaseUntil: NOW + 2 * MINUTE }, 10),
        ).toMatchObject([{ id: changeId(2) }]);
      });

      it('leaves out what the worker is still at, and takes as many others', async () => {
        const { store } = await open();
        for (const n of [1, 2, 3]) await changeIn('applying', store, n);
        const taken = await store.changes.takeOver(
          { worker: 'worker', now: NOW + MINUTE, leaseUntil: NOW + 2 * MINUTE },
          2,
          {
            stillAt: [changeId(1)],
          },
        );
        expect(taken.map(({ id }) => id).sort()).toEqual([changeId(2), changeId(3)]);
      });

      it('gives each silent change to one of many', async () => {
        const stores = [(await open()).store, (await open()).store];
        const first = (await open()).store;
        for (const n of [1, 2, 3]) await changeIn('applying', first, n);
        const taken = await race(stores, (store, runner) =>
          store.changes.takeOver({ worker: `worker-${runner}`, now: NOW + MINUTE, leaseUntil: NOW + 2 * MINUTE }, 10),
        );
        expect(
          taken
            .flat()
            .map(({ id }) => id)
            .sort(),
        ).toEqual([changeId(1), changeId(2), changeId(3)]);
      });

      it('takes as many as asked for', async () => {
        const { store } = await open();
        for (const n of [1, 2, 3]) await changeIn('applying', store, n);
        expect(
          await store.changes.takeOver({ worker: 'other', now: NOW + MINUTE, leaseUntil: NOW + 2 * MINUTE }, 2),
        ).toHaveLength(2);
      });
    });

    describe('expire', () => {
      it('ends previews whose time is over, as many as asked for, and wants their cards shown', async () => {
        const { store } = await open();
        const over = NOW + MINUTE;
        for (const n of [1, 2, 3]) await changeIn('pending', store, n, { expiresAt: over });
        await changeIn('pending', store, 4, { expiresAt: over + 1 });
        await store.changes.expire(over, 2);
        const cards = await store.changes.claimCards(10, { worker: 'worker', now: over, until: over + LEASE });
        expect(cards).toHaveLength(2);
        for (const card of cards) expect(card).toMatchObject({ status: 'expired', settledAt: over, outcome: {} });
        await store.changes.expire(over, 10);
        expect(await store.changes.claimCards(10, { worker: 'worker', now: over, until: over + LEASE })).toHaveLength(
          1,
        );
        expect(await store.changes.get(changeId(4))).toMatchObject({ status: 'pending' });
      });

      it('leaves a preview alone until its time is over', async () => {
        const { store } = await open();
        await changeIn('pending', store, 1, { expiresAt: NOW + 1 });
        await store.changes.expire(NOW, 10);
        expect(await store.changes.get(changeId(1))).toMatchObject({ status: 'pending', settledAt: undefined });
      });
    });

    describe('cards due', () => {
      const shownBy = NOW + 5 * MINUTE;

      it('are left to the ending process for a while', async () => {
        const { store } = await open();
        await changeIn('applying', store, 1);
        await store.changes.endApplying(await stored(store, 1), 'worker', ending('applied', { cardBy: shownBy }));
        expect(
          await store.changes.claimCards(10, { worker: 'other', now: shownBy - 1, until: shownBy + LEASE }),
        ).toEqual([]);
        expect(
          await store.changes.claimCards(10, { worker: 'other', now: shownBy, until: shownBy + LEASE }),
        ).toMatchObject([{ id: changeId(1), status: 'applied' }]);
      });

      it('are over once the card was shown', async () => {
        const { store } = await open();
        await changeIn('cancelled', store, 1);
        await store.changes.cardShown(changeId(1));
        expect(await store.changes.claimCards(10, { worker: 'other', now: shownBy, until: shownBy + LEASE })).toEqual(
          [],
        );
      });

      it('come back when whoever took one goes silent', async () => {
        const { store } = await open();
        await changeIn('cancelled', store, 1);
        expect(
          await store.changes.claimCards(10, { worker: 'one', now: shownBy, until: shownBy + LEASE }),
        ).toHaveLength(1);
        expect(
          await store.changes.claimCards(10, { worker: 'two', now: shownBy + LEASE - 1, until: shownBy + 2 * LEASE }),
        ).toEqual([]);
        expect(
          await store.changes.claimCards(10, { worker: 'two', now: shownBy + LEASE, until: shownBy + 2 * LEASE }),
        ).toHaveLength(1);
      });

      it('go to one of many, as many as asked for', async () => {
        const stores = [(await open()).store, (await open()).store];
        const first = (await open()).store;
        for (const n of [1, 2, 3]) await changeIn('failed', first, n);
        expect(
          await first.changes.claimCards(2, { worker: 'first', now: shownBy, until: shownBy + LEASE }),
        ).toHaveLength(2);
        const taken = await race(stores, (store, runner) =>
          store.changes.claimCards(10, { worker: `worker-${runner}`, now: shownBy, until: shownBy + LEASE }),
        );
        expect(taken.flat()).toHaveLength(1);
      });

      it('do not exist while a change is open', async () => {
        const { store } = await open();
        await changeIn('pending', store, 1);
        await changeIn('applying', store, 2);
        expect(await store.changes.claimCards(10, { worker: 'other', now: shownBy, until: shownBy + LEASE })).toEqual(
          [],
        );
      });
    });

    describe('history', () => {
      const idsOf = ({ changes }: { changes: { id: string }[] }) => changes.map(({ id }) => id);

      it('comes in pages, newest first', async () => {
        const { store } = await open();
        for (const n of [2, 5, 1, 4, 3]) await changeIn('applied', store, n);
        const first = await store.changes.history({}, 0, 2);
        expect([idsOf(first), first.more]).toEqual([[changeId(5), changeId(4)], true]);
        const second = await store.changes.history({}, 2, 2);
        expect([idsOf(second), second.more]).toEqual([[changeId(3), changeId(2)], true]);
        const last = await store.changes.history({}, 4, 2);
        expect([idsOf(last), last.more]).toEqual([[changeId(1)], false]);
        expect(await store.changes.history({}, 6, 2)).toEqual({ changes: [], more: false });
      });

      it('knows that a full page is the last one', async () => {
        const { store } = await open();
        for (const n of [1, 2]) await changeIn('applied', store, n);
        expect((await store.changes.history({}, 0, 2)).more).toBe(false);
      });

      it('tells what was done or tried, not what was never confirmed', async () => {
        const { store } = await open();
        const statuses = [
          'applied',
          'failed',
          'mismatch',
          'pending',
          'applying',
          'cancelled',
          'expired',
          'conflicted',
        ] as const;
        for (const [at, status] of statuses.entries()) await changeIn(status, store, at + 1);
        const { changes } = await store.changes.history({}, 0, 20);
        expect(changes.map(({ status }) => status)).toEqual(['mismatch', 'failed', 'applied']);
      });

      it('is of one skill, of one person, or of both', async () => {
        const { store } = await open();
        await changeIn('applied', store, 1, { skillId: skill(1), actorId: tom });
        await changeIn('applied', store, 2, { skillId: skill(2), actorId: tom });
        await changeIn('applied', store, 3, { skillId: skill(1), actorId: zhang });
        expect(idsOf(await store.changes.history({ skillId: skill(1) }, 0, 9))).toEqual([changeId(3), changeId(1)]);
        expect(idsOf(await store.changes.history({ actorId: tom }, 0, 9))).toEqual([changeId(2), changeId(1)]);
        const both = { skillId: skill(1), actorId: tom };
        expect(idsOf(await store.changes.history(both, 0, 9))).toEqual([changeId(1)]);
      });
    });

    describe('latestUndoable', () => {
      it("is the person's newest applied change", async () => {
        const { store } = await open();
        await changeIn('applied', store, 1);
        await changeIn('applied', store, 2);
        await changeIn('failed', store, 3);
        await changeIn('pending', store, 4);
        await changeIn('applied', store, 5, { actorId: zhang });
        expect(await store.changes.latestUndoable(tom)).toMatchObject({ id: changeId(2), chatId: chat });
        expect(await store.changes.latestUndoable(zhang)).toMatchObject({ id: changeId(5) });
      });

      it('is none where nothing was applied', async () => {
        const { store } = await open();
        await changeIn('cancelled', store, 1);
        expect(await store.changes.latestUndoable(tom)).toBeUndefined();
      });

      it('is neither an undo nor what one took back, whoever did it', async () => {
        const { store } = await open();
        for (const n of [1, 2, 3]) await changeIn('applied', store, n);
        await changeIn('applied', store, 4, { undoOf: changeId(3) });
        await changeIn('applied', store, 5, { undoOf: changeId(2), actorId: zhang });
        expect(await store.changes.latestUndoable(tom)).toMatchObject({ id: changeId(1) });
        expect(await store.changes.latestUndoable(zhang)).toBeUndefined();
      });

      it.each(['pending', 'cancelled', 'failed'] as const)('still is a change whose undo is %s', async (status) => {
        const { store } = await open();
        await changeIn('applied', store, 1);
        await changeIn(status, store, 2, { undoOf: changeId(1) });
        expect(await store.changes.latestUndoable(tom)).toMatchObject({ id: changeId(1) });
        expect(await store.changes.undoneBy([changeId(1)])).toEqual(new Map());
      });
    });

    describe('a row that cannot be read', () => {
      /** As a newer version may have stored it, before that was taken back. */
      const spoil = async (db: Database, id: ChangeId) => {
        await db.updateTable('changes').set({ intent: '{"kind":"newer"}' }).where('id', '=', id).execute();
      };

      it('does not keep the others from being taken over', async () => {
        const { db, store } = await open();
        for (const n of [1, 2]) await changeIn('applying', store, n);
        await spoil(db, changeId(1));
        const unreadable: string[] = [];
        const onUnreadable = (id: string) => void unreadable.push(id);
        expect(
          await store.changes.takeOver({ worker: 'other', now: NOW + MINUTE, leaseUntil: NOW + 2 * MINUTE }, 10, {
            onUnreadable,
          }),
        ).toMatchObject([{ id: changeId(2) }]);
        expect(unreadable).toEqual([changeId(1)]);
      });

      it('does not keep the cards of others from being shown', async () => {
        const { db, store } = await open();
        for (const n of [1, 2]) await changeIn('applied', store, n);
        await spoil(db, changeId(1));
        const unreadable: string[] = [];
        const onUnreadable = (id: string) => void unreadable.push(id);
        expect(
          await store.changes.claimCards(10, {
            worker: 'other',
            now: NOW + MINUTE,
            until: NOW + 2 * MINUTE,
            onUnreadable,
          }),
        ).toMatchObject([{ id: changeId(2) }]);
        expect(unreadable).toEqual([changeId(1)]);
      });
    });

    describe('an undo that did not end as expected', () => {
      /** What brings a deleted skill back, or does not. */
      const restore = async (store: Store, outcome: Outcome) => {
        await changeIn('applied', store, 1);
        await changeIn('applying', store, 2, { undoOf: changeId(1), skillId: undefined, base: undefined });
        await store.changes.endApplying(await stored(store, 2), 'worker', ending('mismatch', { outcome }));
      };

      it('counts when it made a skill', async () => {
        const { store } = await open();
        await restore(store, { createdId: skill(5) });
        expect(await store.changes.undoneBy([changeId(1)])).toEqual(new Map([[changeId(1), changeId(2)]]));
        expect(await store.changes.latestUndoable(tom)).toBeUndefined();
      });

      it('does not count when it made none', async () => {
        const { store } = await open();
        await restore(store, {});
        expect(await store.changes.undoneBy([changeId(1)])).toEqual(new Map());
        expect(await store.changes.latestUndoable(tom)).toMatchObject({ id: changeId(1) });
      });

      it('does not count when it edited a skill', async () => {
        const { store } = await open();
        await changeIn('applied', store, 1);
        await changeIn('mismatch', store, 2, { undoOf: changeId(1) });
        expect(await store.changes.undoneBy([changeId(1)])).toEqual(new Map());
        expect(await store.changes.latestUndoable(tom)).toMatchObject({ id: changeId(1) });
      });
    });
  });
});

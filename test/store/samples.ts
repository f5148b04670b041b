import type { Change, NewChange } from '../../src/domain/change.ts';
import { ChangeId, ChatId, MessageId, OpenId, SkillId, ViewId } from '../../src/domain/ids.ts';
import type { Ending } from '../../src/store/changes.ts';
import type { Store } from '../../src/store/store.ts';

/** Beyond 32 bits, as real times are. */
export const NOW = 1_760_000_000_000;
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

/** How many take part in a race. */
export const RUNNERS = 20;

export const tom = OpenId.parse('ou_tom');
export const zhang = OpenId.parse('ou_zhang');
export const chat = ChatId.parse('oc_helpdesk');
export const message = (n: number): MessageId => MessageId.parse(`om_${n}`);
export const skill = (n: number): SkillId => SkillId.parse(`694121589178682575${n}`);
export const changeId = (n: number): ChangeId => ChangeId.parse(String(n).padStart(26, '0'));
export const viewId = (n: number): ViewId => ViewId.parse(String(n).padStart(26, '0'));

/** Their click on Confirm, in the only message that such a change has. */
export const by = (actorId: OpenId) => ({ actorId, cardMessageId: message(9) });

/** Tom's authorisation, without which nothing is written for him. */
export const grantOfTom = {
  openId: tom,
  name: 'Tom',
  grantedAt: NOW,
  tokens: 'sealed',
  accessExpiresAt: NOW + MINUTE,
  refreshExpiresAt: NOW + MINUTE,
};

/** The `n`th change: its id and its request follow from the number. */
export const newChange = (n: number, overrides: Partial<NewChange> = {}): NewChange => ({
  id: changeId(n),
  requestKey: `request-${n}`,
  intent: { kind: 'rename', name: 'VIP' },
  skillId: skill(1),
  skillName: 'Key accounts',
  actorId: tom,
  chatId: chat,
  sourceMessageId: message(n),
  base: { name: 'Key accounts', rules: [{ id: '12', selectedOperator: 8, operand: '{"a":1}' }], agentIds: [tom] },
  target: { name: 'VIP', rules: [{ id: '12', selectedOperator: 8, operand: '{"a":1}' }], agentIds: [tom] },
  people: [{ id: tom, name: 'Tom Li' }],
  remarks: [],
  undoOf: undefined,
  createdAt: NOW,
  expiresAt: NOW + 10 * MINUTE,
  ...overrides,
});

export const ending = <S extends Ending['status']>(status: S, overrides: Partial<Ending<S>> = {}): Ending<S> => ({
  status,
  outcome: {},
  now: NOW + MINUTE,
  cardBy: NOW + MINUTE,
  ...overrides,
});

/** The `n`th change as it is stored. */
export async function stored(store: Store, n: number): Promise<Change> {
  const change = await store.changes.get(changeId(n));
  if (!change) throw new Error(`change ${n} is not stored`);
  return change;
}

/** Stores the `n`th change and leads it to `status`. */
export async function changeIn(
  status: Ending['status'] | 'pending' | 'applying',
  store: Store,
  n: number,
  overrides: Partial<NewChange> = {},
): Promise<ChangeId> {
  const { id, actorId } = await store.changes.insert(newChange(n, overrides));
  if (status === 'pending') return id;
  if (status === 'cancelled' || status === 'expired') {
    await store.changes.endPending(id, ending(status));
    return id;
  }
  await store.changes.claim(id, by(actorId), { worker: 'worker', now: NOW, leaseUntil: NOW + MINUTE });
  if (status !== 'applying') await store.changes.endApplying(await stored(store, n), 'worker', ending(status));
  return id;
}

/** Runs the same thing many times at once, in turn on each of the connections. */
export const race = <T>(stores: readonly Store[], run: (store: Store, runner: number) => Promise<T>): Promise<T[]> =>
  Promise.all(
    Array.from({ length: RUNNERS }, (_, runner) => {
      const store = stores[runner % stores.length];
      if (!store) throw new Error('A race needs a connection.');
      return run(store, runner);
    }),
  );

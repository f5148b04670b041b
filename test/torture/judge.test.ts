import { describe, expect, it } from '@jest/globals';
import type { Finding } from './finding.ts';
import type { CardFact, ChangeFact, Content, EffectFact, History } from './history.ts';
import { judge } from './judge.ts';

const content = (name: string, ...agents: string[]): Content => ({ name, agents, rules: [] });
const OLD = content('Old', 'ou_1');

const change = (id: string, given: Partial<ChangeFact> = {}): ChangeFact => ({
  id,
  kind: 'rename',
  status: 'applied',
  isUnknown: false,
  actorId: 'ou_admin',
  skillId: '7',
  createdId: undefined,
  next: undefined,
  base: OLD,
  target: content(id, 'ou_1'),
  messageId: `om_${id}`,
  expiresAt: 600_000,
  isConfirmed: true,
  acceptedAt: undefined,
  ...given,
});

const create = (id: string, createdId: string | undefined, given: Partial<ChangeFact> = {}): ChangeFact =>
  change(id, { kind: 'create', base: undefined, skillId: createdId, createdId, ...given });

const effect = (seq: number, id: string, given: Partial<EffectFact> = {}): EffectFact => ({
  seq,
  at: seq * 1_000,
  change: id,
  process: 'replica1-1',
  method: 'PATCH',
  skillId: '7',
  actorId: 'ou_admin',
  before: OLD,
  after: content(id, 'ou_1'),
  ...given,
});

const made = (seq: number, id: string, skillId: string): EffectFact =>
  effect(seq, id, { method: 'POST', skillId, before: undefined });

const card = (changeId: string, template = 'green', ...actions: string[]): CardFact => ({
  messageId: `om_${changeId}`,
  changeId,
  isWithdrawn: false,
  template,
  actions,
});

/** Cards are as the statuses want them, unless they are given. */
function history(changes: ChangeFact[], effects: EffectFact[], cards: CardFact[] = []): History {
  const colours = new Map([
    ['failed', 'red'],
    ['cancelled', 'grey'],
    ['applied', 'green'],
  ]);
  const shown = new Set(cards.flatMap(({ changeId, messageId }) => [changeId, messageId]));
  const others = changes
    .filter(({ id, messageId }) => !shown.has(id) && !shown.has(messageId))
    .map(({ id, status }) => card(id, colours.get(status) ?? 'orange'));
  return { changes, effects, cards: [...cards, ...others], openDeliveries: [], unanswered: [] };
}

const kinds = (findings: Finding[]): string[] => findings.map(({ kind, changes }) => `${kind}: ${changes.join(', ')}`);
const judged = (...given: Parameters<typeof history>): string[] => kinds(judge(history(...given)));

describe('nothing is found', () => {
  it('in an edit, a create and a deletion that took effect once', () => {
    const deletion = change('C', { kind: 'delete', base: content('A', 'ou_1'), target: undefined });
    const deleted = effect(3, 'C', { method: 'DELETE', before: content('A', 'ou_1'), after: undefined });
    expect(judged([change('A'), create('B', '8'), deletion], [effect(1, 'A'), made(2, 'B', '8'), deleted])).toEqual([]);
  });

  it('in changes that were refused, cancelled or not confirmed, without any effect', () => {
    const idle = ['failed', 'cancelled', 'conflicted', 'expired', 'pending'].map((status) =>
      change(status, { status }),
    );
    const cards = [card('expired', 'grey')];
    expect(judged([...idle, change('left', { status: 'pending', isConfirmed: false })], [], cards)).toEqual([]);
  });

  it('in a write that was repeated and changed nothing the second time', () => {
    const again = effect(2, 'A', { before: content('A', 'ou_1') });
    expect(judged([change('A')], [effect(1, 'A'), again])).toEqual([]);
  });

  it('where two changes of other fields of one skill went into each other', () => {
    const agents = change('B', { kind: 'add-agents', target: content('Old', 'ou_1', 'ou_2') });
    const added = effect(2, 'B', { before: content('A', 'ou_1'), after: content('A', 'ou_1', 'ou_2') });
    expect(judged([change('A'), agents], [effect(1, 'A'), added])).toEqual([]);
  });

  it('in a card that shows what came after a conflict', () => {
    const shared = { messageId: 'om_A' };
    const shown = { ...card('B'), ...shared };
    const base = content('Other', 'ou_1');
    const changes = [change('A', { ...shared, status: 'conflicted', next: 'B' }), change('B', { ...shared, base })];
    expect(judged(changes, [effect(1, 'B', { before: base })], [shown])).toEqual([]);
  });

  it('in a press that was taken too late, or whose end was told', () => {
    const left = change('A', { status: 'pending', acceptedAt: 20_000 });
    expect(judged([{ ...left, acceptedAt: undefined }], [])).toEqual([]);
    expect(judged([{ ...left, status: 'expired', expiresAt: 70_000 }], [], [card('A', 'grey')])).toEqual([]);
    const apology = { ...card('A', 'red'), changeId: undefined, isWithdrawn: true };
    expect(judged([left], [], [apology])).toEqual([]);
    expect(judged([{ ...left, status: 'expired' }], [], [{ ...card('A', 'grey'), isWithdrawn: true }])).toEqual([]);
    for (const status of ['failed', 'cancelled', 'conflicted']) expect(judged([{ ...left, status }], [])).toEqual([]);
  });
});

describe('lost', () => {
  it('is a change that is green without an effect', () => {
    expect(judged([change('A')], [])).toEqual(['lost: A']);
    expect(judged([create('B', '8')], [])).toEqual(['lost: B']);
  });

  it('is a change that an older one wrote over', () => {
    const second = change('B', { base: content('A', 'ou_1') });
    const stale = effect(3, 'A', { before: content('B', 'ou_1') });
    const applied = effect(2, 'B', { before: content('A', 'ou_1') });
    expect(judged([change('A'), second], [effect(1, 'A'), applied, stale])).toEqual(['doubled: A', 'lost: B, A']);
    const late = { ...stale, seq: 2 };
    const first = { ...applied, seq: 1, before: OLD };
    expect(judged([change('A', { status: 'failed' }), change('B')], [first, late])).toEqual([
      'wrong card: A',
      'lost: B, A',
    ]);
  });

  it('is an agent whom another change took out with its old list', () => {
    const target = content('Old', 'ou_1', 'ou_2');
    const add = change('A', { target });
    const other = change('B', { target: content('Old', 'ou_1', 'ou_3') });
    const over = effect(2, 'B', { before: target, after: content('Old', 'ou_1', 'ou_3') });
    expect(judged([add, other], [effect(1, 'A', { after: target }), over])).toEqual(['lost: A, B']);
  });

  it('is an edit of a skill that was deleted as it had been before', () => {
    const deletion = change('B', { kind: 'delete', target: undefined });
    const deleted = effect(2, 'B', { method: 'DELETE', before: content('A', 'ou_1'), after: undefined });
    expect(judged([change('A'), deletion], [effect(1, 'A'), deleted])).toEqual(['lost: A, B']);
  });
});

describe('a Confirm that was taken', () => {
  it.each([
    ['pending', 'orange'],
    ['expired', 'grey'],
  ])('is lost when its change ends as %s', (status, template) => {
    const left = change('A', { status, acceptedAt: 20_000 });
    expect(judged([left], [], [card('A', template)])).toEqual(['lost: A']);
    expect(judged([{ ...left, messageId: undefined }], [])).toEqual(['lost: A']);
  });
});

describe('doubled', () => {
  it('is a create that made two skills', () => {
    expect(judged([create('A', '8')], [made(1, 'A', '8'), made(2, 'A', '9')])).toEqual(['doubled: A']);
  });

  it('is a write that changed something again after its undo', () => {
    const undo = change('B', { kind: 'undo', base: content('A', 'ou_1'), target: OLD });
    const undone = effect(2, 'B', { before: content('A', 'ou_1'), after: OLD });
    expect(judged([change('A'), undo], [effect(1, 'A'), undone, effect(3, 'A')])).toContain('doubled: A');
  });
});

describe('a wrong card', () => {
  it.each(['failed', 'cancelled', 'conflicted'])('is one that says "%s" of a change with an effect', (status) => {
    expect(judged([change('A', { status })], [effect(1, 'A')])).toEqual(['wrong card: A']);
  });

  it('is one that shows another status than the database', () => {
    expect(judged([change('A')], [effect(1, 'A')], [card('A', 'red')])).toEqual(['wrong card: A']);
    expect(judged([change('A')], [effect(1, 'A')], [card('A', 'orange', 'change.confirm')])).toEqual(['wrong card: A']);
  });

  it.each(['applied', 'failed', 'mismatch'])('is one that shows another change than one that is %s', (status) => {
    const effects = status === 'failed' ? [] : [effect(1, 'A')];
    const other = { ...card('B', 'grey'), messageId: 'om_A' };
    const b = change('B', { status: 'cancelled', messageId: 'om_A' });
    expect(judged([change('A', { status }), b], effects, [other])).toEqual(['wrong card: A']);
    // What stands in the place of a change may be shown in its place.
    expect(judged([change('A', { status, next: 'B' }), b], effects, [other])).toEqual([]);
    const c = change('C', { status: 'conflicted', messageId: 'om_C', next: 'B' });
    expect(judged([change('A', { status, next: 'C' }), b, c], effects, [other])).toEqual([]);
  });

  it('is one that shows another change than the one that is written', () => {
    const other = { ...card('B', 'grey'), messageId: 'om_A' };
    const b = change('B', { status: 'cancelled', messageId: 'om_A' });
    expect(judged([change('A', { status: 'applying' }), b], [], [other])).toEqual(['stuck: A', 'wrong card: A']);
  });

  it('is one that tells of a write which never was', () => {
    expect(judged([change('A', { status: 'mismatch' })], [])).toEqual(['wrong card: A']);
  });

  it('is one that claims a skill which another change made', () => {
    const both = [create('A', '8'), create('B', '8', { target: content('A', 'ou_1') })];
    expect(judged(both, [made(1, 'A', '8')])).toEqual(['wrong card: B', 'wrong card: A, B']);
  });
});

describe('stuck', () => {
  it('is a change that is still being written, also when its card is not', () => {
    expect(judged([change('A', { status: 'applying' })], [], [card('A', 'blue')])).toEqual(['stuck: A']);
    const unknown = change('A', { status: 'applying', isUnknown: true });
    expect(judged([unknown], [], [card('A', 'blue')])).toEqual(['stuck: A']);
    expect(judged([unknown], [], [card('A', 'orange', 'change.confirm')])).toEqual(['stuck: A']);
  });

  it('is a card that shows work when that is over', () => {
    expect(judged([change('A')], [effect(1, 'A')], [card('A', 'blue')])).toEqual(['stuck: A']);
  });

  it('is a delivery that is not finished, and a command without an answer', () => {
    expect(kinds(judge({ ...history([], []), openDeliveries: ['message:om_1'] }))).toEqual(['stuck: ']);
    expect(kinds(judge({ ...history([], []), unanswered: ['om_1'] }))).toEqual(['stuck: ']);
  });
});

describe('not known', () => {
  it('is a change that says so and leaves it to its person, with an effect or without', () => {
    const unknown = change('A', { status: 'applying', isUnknown: true });
    const shown = [card('A', 'orange', 'change.retry')];
    expect(judged([unknown], [], shown)).toEqual(['not known: A']);
    expect(judged([unknown], [effect(1, 'A')], shown)).toEqual(['not known: A']);
  });
});

describe('a change that its person did not wait for', () => {
  it('ends as not known, also when its message shows what came of the second try', () => {
    const messageId = 'om_A';
    const first = change('A', { status: 'failed', isUnknown: true, next: 'B' });
    const second = change('B', { base: content('A', 'ou_1') });
    const effects = [effect(1, 'A'), effect(2, 'B', { before: content('A', 'ou_1') })];
    const shown = [{ ...card('B'), messageId }, card('B')];
    expect(judged([first, second], effects, shown)).toEqual([]);
  });
});

describe('an effect without its person', () => {
  it.each<[string, Partial<ChangeFact>, Partial<EffectFact>]>([
    ['names no change', {}, { change: undefined }],
    ['was not confirmed', { isConfirmed: false }, {}],
    ['came with the token of another one', {}, { actorId: 'ou_other' }],
    ['is not what was shown', {}, { after: content('Other', 'ou_1') }],
    ['deleted what was to be renamed', {}, { method: 'DELETE', after: undefined }],
  ])('is found: it %s', (_what, ofChange, ofEffect) => {
    const found = judged([change('A', ofChange)], [effect(1, 'A'), effect(2, 'A', ofEffect)]);
    expect(found.join()).toContain('unattributed: ');
  });
});

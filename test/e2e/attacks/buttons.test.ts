import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ClickOutcome } from 'local-feishu';
import { createLogger } from '../../../src/lib/logger.ts';
import { openDatabase } from '../../../src/store/connection.ts';
import type { ShownCard } from '../../support/shownCard.ts';
import { type Actor, type Stage, skillOf, startStage } from '../../support/story.ts';
import { traces } from './wire.ts';

const VIP = '6941215891786825756';
const FOREIGN_TRIES = 200;
const OWN_TRIES = 200;

let stage: Stage;
let lin: Actor;

beforeAll(async () => {
  stage = await startStage({ loggedIn: ['admin', 'owner', 'employee'] });
  lin = stage.person('admin');
});
beforeEach(() => stage.reset());
afterAll(() => stage.close());

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What every control of a card calls back with. */
function valuesIn(node: unknown): Json[] {
  if (Array.isArray(node)) return node.flatMap(valuesIn);
  if (!isJson(node)) return [];
  if (node.type === 'callback' && isJson(node.value)) return [node.value];
  return Object.values(node).flatMap(valuesIn);
}

const button = (value: unknown, more: Json = {}): Json => ({ tag: 'button', value, ...more });

/** Everything but the inbox: a click that does nothing is remembered all the same. */
async function effects() {
  const { inbox: _inbox, ...others } = await traces(stage);
  return others;
}

/** A card of every kind that has buttons, all of the admin's, in the group where the others see them. */
async function cardsOfLin(): Promise<Record<string, ShownCard>> {
  const says = (text: string) => lin.says(text, { chat: 'group' });
  const done = await says('/skill rename VIP Done');
  await lin.presses(done, 'change.confirm');
  return {
    help: await says('/skill help'),
    list: await says('/skill list'),
    skill: await says('/skill show Printers'),
    picker: await says('/skill show 网络'),
    form: await says('/skill add-agent'),
    history: await says('/skill history'),
    preview: await says('/skill rename Printers Mine'),
    result: done,
  };
}

/** An id that names nothing says nothing about whose card it is: the card then ends, for everybody. */
const isEnd = ({ card }: ClickOutcome): boolean =>
  card !== undefined && valuesIn(card).length === 0 && JSON.stringify(card).includes('This card is over');

const isRefusal = (outcome: ClickOutcome): boolean =>
  outcome.status === 'ok' && outcome.toast?.type === 'error' && outcome.card === undefined;

describe('a button of somebody else', () => {
  it('does nothing, whichever it is, whoever presses it, as an object and as a string, also in another chat', async () => {
    const cards = await cardsOfLin();
    const before = await effects();
    let tries = 0;
    for (const [kind, card] of Object.entries(cards)) {
      const values = valuesIn(card.card);
      expect([kind, values.length > 0]).toEqual([kind, true]);
      for (const value of values) {
        for (const who of ['owner', 'employee'] as const) {
          for (const [sent, options] of [
            [value, {}],
            [JSON.stringify(value), {}],
            [value, { chatId: stage.sandbox.chats.p2p[who].chatId }],
          ] as const) {
            const outcome = await stage.sandbox.clickRaw(who, card.messageId, button(sent), options);
            expect([kind, value.action, isRefusal(outcome)]).toEqual([kind, value.action, true]);
            tries += 1;
          }
        }
      }
    }
    expect(tries).toBeGreaterThan(150);
    expect(await effects()).toEqual(before);
  });

  it('does nothing either as a form that is filled in, a choice that is made or a page that is turned', async () => {
    const { form, picker, list, skill } = await cardsOfLin();
    const before = await effects();
    const idOf = (card: ShownCard | undefined): unknown => valuesIn(card?.card)[0]?.id;
    const filled = { skill: VIP, agents: [stage.sandbox.people.owner.openId], name: 'Stolen', value: 'x' };
    for (const card of [form, picker, list, skill]) {
      for (const value of [
        { action: 'form.add-agent', id: idOf(card) },
        { action: 'form.rename', id: idOf(card) },
        { action: 'form.delete', id: idOf(card) },
        { action: 'skill.pick', id: idOf(card), skill: VIP },
        { action: 'page.go', id: idOf(card), page: 2 },
      ]) {
        for (const who of ['owner', 'employee'] as const) {
          const action = button(value, { form_value: filled, option: VIP });
          expect(isRefusal(await stage.sandbox.clickRaw(who, card?.messageId ?? '', action))).toBe(true);
        }
      }
    }
    expect(await effects()).toEqual(before);
  });

  it('does nothing under any name, with any detail', async () => {
    const cards = Object.values(await cardsOfLin());
    const ids = cards.flatMap((card) => valuesIn(card.card).map(({ id }) => id));
    const actions = [...new Set(cards.flatMap(({ actions: names }) => names))];
    const before = await effects();
    const value = fc.record(
      {
        action: fc.constantFrom(...actions, 'change.confirm', 'change.undo', 'skill.pick', 'page.go', 'form.delete'),
        id: fc.constantFrom(...ids),
        skill: fc.constantFrom(VIP, '6941215891786825759', '../x'),
        page: fc.oneof(fc.integer(), fc.double(), fc.string()),
        field: fc.constantFrom('skill', 'agents', '__proto__', 'actor', 'owner_id'),
        actor_id: fc.constant(lin.openId),
        owner_id: fc.constant(lin.openId),
      },
      { requiredKeys: ['action', 'id'] },
    );
    const formValue = fc.option(
      fc.dictionary(fc.constantFrom('skill', 'agents', 'name', 'id', '__proto__'), fc.string()),
      {
        nil: undefined,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('owner', 'employee'),
        fc.constantFrom(...cards),
        value,
        formValue,
        async (who, card, tampered, form) => {
          const action = button(tampered, { ...(form && { form_value: form }), option: VIP });
          const outcome = await stage.sandbox.clickRaw(who, card.messageId, action);
          expect(isRefusal(outcome) || isEnd(outcome)).toBe(true);
        },
      ),
      { numRuns: FOREIGN_TRIES },
    );
    expect(await effects()).toEqual(before);
  });

  it('cannot be brought to life under a command that names the change of somebody else', async () => {
    const preview = await lin.says('/skill rename VIP Mine');
    const id = String(valuesIn(preview.card)[0]?.id);
    const before = stage.patches().length;
    const zhou = stage.person('owner');
    const shown = await zhou.says(`/skill history ${id}`);
    for (const value of valuesIn(shown.card)) {
      expect(isRefusal(await stage.sandbox.clickRaw('owner', shown.messageId, button(value)))).toBe(true);
    }
    await zhou.says(`/skill undo ${id}`);
    expect(stage.patches()).toHaveLength(before);
    expect(preview.template).toBe('orange');
  });
});

describe('a button of one’s own that was tampered with', () => {
  const SKILL_LIKE = [
    '../../contact/v3/users',
    '%2e%2e%2f',
    'x?y=1',
    `${VIP}#`,
    `${VIP}/../`,
    `${VIP}\r\nX: y`,
    ' ',
    '',
  ];
  const ODD = [
    "' or 1=1 --",
    '"; drop table changes; --',
    '%',
    '_',
    '\0',
    '{{x}}',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'null',
  ];
  const NAMES = [
    'change',
    'change.',
    'CHANGE.CONFIRM',
    'change.confirm ',
    'form.',
    'form.__proto__',
    'form.constructor',
    'form.toString',
    'form.hasOwnProperty',
    '__proto__',
    'constructor',
    'skill.pick',
    'page.go',
    'form.delete',
    'form.nonsense',
    'change.apply',
    'form.login',
    'form.undo',
  ];

  it('writes nothing, breaks nothing, and leaves the bot alive', async () => {
    const cards = Object.values(await cardsOfLin());
    const writes = stage.patches().length;
    const ids = cards.flatMap((card) => valuesIn(card.card).map(({ id }) => id));
    const anything = fc.oneof(fc.constantFrom(...SKILL_LIKE, ...ODD), fc.jsonValue({ maxDepth: 2 }));
    const value = fc.record(
      {
        action: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...NAMES) }, anything),
        id: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids) }, anything),
        skill: anything,
        page: fc.oneof(fc.constantFrom(-1, 0, 0.5, 1e308, -1e308, 99_999, '2'), anything),
        field: fc.oneof(fc.constantFrom('skill', 'conditions', '__proto__', 'constructor'), anything),
      },
      { requiredKeys: [] },
    );
    const form = fc.option(
      fc.dictionary(
        fc.constantFrom(
          'skill',
          'agents',
          'name',
          'condition',
          'operator',
          'value',
          'conditions',
          '__proto__',
          'constructor',
        ),
        fc.oneof(anything, fc.array(anything, { maxLength: 3 })),
      ),
      { nil: undefined },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...cards), value, form, fc.boolean(), async (card, tampered, filled, asText) => {
        const sent = asText ? JSON.stringify(tampered) : tampered;
        const action = button(sent, filled ? { form_value: filled } : { option: String(tampered.skill) });
        expect((await stage.sandbox.clickRaw('admin', card.messageId, action)).status).toBe('ok');
      }),
      { numRuns: OWN_TRIES },
    );
    expect(stage.patches()).toHaveLength(writes);
    expect(stage.sandbox.calls.all().filter(({ method, path }) => method === 'DELETE' || path.includes('..'))).toEqual(
      [],
    );
    expect((await lin.says('/skill list')).template).toBe('blue');
  });

  it('reads nothing that its card does not offer', async () => {
    const picker = await lin.says('/skill show 网络');
    const id = valuesIn(picker.card)[0]?.id;
    for (const skill of [VIP, '6941215891786825762', ...SKILL_LIKE, ...ODD, null, 5, [VIP], { id: VIP }]) {
      const outcome = await stage.sandbox.clickRaw(
        'admin',
        picker.messageId,
        button({ action: 'skill.pick', id, skill }),
      );
      expect([skill, isRefusal(outcome)]).toEqual([skill, true]);
    }
  });

  it('takes a change for no view, and a view for no change', async () => {
    const preview = await lin.says('/skill rename VIP Mine');
    const list = await lin.says('/skill list');
    const [change, view] = [preview, list].map((card) => valuesIn(card.card)[0]?.id);
    const writes = stage.patches().length;
    for (const action of ['change.confirm', 'change.cancel', 'change.undo']) {
      expect(isRefusal(await stage.sandbox.clickRaw('admin', list.messageId, button({ action, id: view })))).toBe(true);
    }
    for (const action of ['skill.pick', 'page.go', 'form.rename']) {
      const outcome = await stage.sandbox.clickRaw(
        'admin',
        list.messageId,
        button({ action, id: change, skill: VIP, page: 1 }),
      );
      expect(JSON.stringify(outcome.card ?? {})).not.toContain('change.confirm');
    }
    expect(stage.patches()).toHaveLength(writes);
    await lin.presses(preview, 'change.confirm');
    expect(skillOf(stage, VIP).name).toBe('Mine');
  });

  it('is over when its view is over', async () => {
    const card = await lin.says('/skill list');
    const db = openDatabase(stage.databaseUrl, createLogger('silent'));
    await db
      .updateTable('views')
      .set({ expires_at: Date.now() - 1 })
      .execute();
    await db.destroy();
    for (const value of valuesIn(card.card)) {
      const outcome = await stage.sandbox.clickRaw(
        'admin',
        card.messageId,
        button(value, { form_value: { skill: VIP } }),
      );
      expect(outcome.status).toBe('ok');
      expect(valuesIn(outcome.card)).toEqual([]);
    }
  });

  it('of a view, pressed again and again and at once, makes one change only', async () => {
    const form = await lin.says('/skill rename');
    const submit = valuesIn(form.card).find(({ action }) => action === 'form.rename');
    const action = button(submit, { form_value: { skill: VIP, name: 'Once' } });
    const before = (await traces(stage)).changes;
    const press = () => stage.sandbox.clickRaw('admin', form.messageId, action);
    await Promise.all(Array.from({ length: 10 }, press));
    await press();
    expect((await traces(stage)).changes).toBeLessThanOrEqual(before + 1);
  });
});

describe('one’s own card in another chat', () => {
  it('writes for the one who asked, and for nobody else', async () => {
    const preview = await lin.says('/skill rename VIP Forwarded', { chat: 'group' });
    const [value] = valuesIn(preview.card);
    const elsewhere = { chatId: 'oc_somewhere_else' };
    expect(isRefusal(await stage.sandbox.clickRaw('owner', preview.messageId, button(value), elsewhere))).toBe(true);
    expect(skillOf(stage, VIP).name).toBe('VIP');
    await stage.sandbox.clickRaw('admin', preview.messageId, button(value), elsewhere);
    expect(skillOf(stage, VIP).name).toBe('Forwarded');
  });
});

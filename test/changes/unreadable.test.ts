import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { showDueCards } from '../../src/changes/cards.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Messages } from '../../src/feishu/messages.ts';
import { skill } from '../domain/samples.ts';
import { actor, type ChangesOnDesk, card, type OpenChanges, openChanges, settle } from './setup.ts';

let layer: OpenChanges;
let parts: ChangesOnDesk;
beforeAll(async () => {
  layer = await openChanges();
});
beforeEach(() => {
  parts = layer.onDesk();
});
afterAll(() => layer.close());

const nobodyAsks = async () => Promise.reject(new Error('nobody asks for this'));

/** Messages that can only be brought up to date. */
const messages: Messages = {
  reply: nobodyAsks,
  send: nobodyAsks,
  update: async (id) => id,
  postText: nobodyAsks,
  updateClicked: nobodyAsks,
};

const plannedCreate = async (name: string) =>
  (await parts.planner.create(parts.asked(), { kind: 'create', content: skill({ name }), existing: [] })).change;

/** As a newer version may have stored it, before that was taken back. */
async function spoil({ id }: Change): Promise<void> {
  await parts.db.updateTable('changes').set({ intent: '{"kind":"newer"}' }).where('id', '=', id).execute();
}

it('a change that cannot be read is told, and those beside it go on to their card', async () => {
  const changes = [await plannedCreate('One'), await plannedCreate('Two')];
  for (const { id } of changes) {
    parts.desk.arm('read-back-lost');
    await parts.changes.confirm(id, actor, card);
  }
  const [spoilt, sound] = changes;
  if (!spoilt || !sound) throw new Error('there is nothing planned');
  await spoil(spoilt);
  const passedOver = { change: spoilt.id, msg: 'change passed over: its row cannot be read' };
  const told = () => parts.logs.lines().filter(({ msg }) => msg === passedOver.msg);

  await parts.clock.sleep(60_000);
  await settle(parts.changes);
  expect(await parts.store.changes.get(sound.id)).toMatchObject({ status: 'applied' });
  expect(told()).toMatchObject([passedOver]);

  await parts.db.updateTable('changes').set({ status: 'applied', card_due: 1 }).where('id', '=', spoilt.id).execute();
  await parts.clock.sleep(60_000);
  await showDueCards({ ...parts, ...parts.logs, messages, worker: 'worker' });
  expect(told()).toMatchObject([passedOver, passedOver]);
  expect(await parts.db.selectFrom('changes').select('id').where('card_due', '=', 1).execute()).toEqual([
    { id: spoilt.id },
  ]);
});

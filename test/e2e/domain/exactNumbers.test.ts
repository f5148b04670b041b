import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exact } from 'local-feishu';
import { answerTo } from '../../support/shownCard.ts';
import { type Actor, type Stage, skillOf, startStage } from '../../support/story.ts';
import { CONFIRM, done, VIP } from './admin.ts';

const ID = '6941215891786825757';
const DECIMAL = '-1.000000000000000000001';

/** Numbers as the desk holds them, one of them in a text. */
const OPERANDS = [{ ids: [exact(ID)], weight: exact(DECIMAL), plain: 7 }, `{"ids":[${ID}]}`];

describe('a rule with a number that JavaScript would change', () => {
  let stage: Stage;
  let lin: Actor;
  beforeAll(async () => {
    stage = await startStage({ loggedIn: ['admin'] });
    lin = stage.person('admin');
  });
  afterAll(() => stage.close());

  it.each(OPERANDS.map((operand, at) => [`form ${at}`, operand] as const))(
    'is shown with it, kept by every other edit, and brought back with it (%s)',
    async (_form, operand) => {
      stage.reset();
      stage.sandbox.desk.edit(VIP, (skill) => {
        skill.rules = [{ id: '14', selectedOperator: 8, operatorOptions: [7, 8], operand }];
      });
      const kept = () => skillOf(stage, VIP).rules.find(({ id }) => id === '14')?.operand;
      expect((await lin.says('/skill show VIP')).text).toContain(ID);

      await done(stage, lin, '/skill add-rule VIP 3 = 上海');
      expect(kept()).toEqual(operand);
      await done(stage, lin, '/skill edit-rule VIP 3 北京');
      expect(kept()).toEqual(operand);

      const { card } = await done(stage, lin, '/skill remove-rule VIP 14');
      expect(card.text).toContain(ID);
      expect(kept()).toBeUndefined();
      await lin.presses(card, 'change.undo');
      const undo = await answerTo(stage.sandbox, card);
      expect(undo.text).toContain(ID);
      await lin.presses(undo, CONFIRM);
      await undo.becomes('green');
      expect(kept()).toEqual(operand);
    },
  );

  it('is a conflict when somebody else changes its last digit', async () => {
    stage.reset();
    const withNumber = (digits: string) =>
      stage.sandbox.desk.edit(VIP, (skill) => {
        skill.rules = [{ id: '14', selectedOperator: 8, operatorOptions: [7, 8], operand: [exact(digits)] }];
      });
    withNumber(ID);
    const preview = await lin.says('/skill add-rule VIP 3 = 上海');
    const before = stage.patches().length;
    withNumber('6941215891786825758');
    await lin.presses(preview, CONFIRM);
    await stage.sandbox.waitForMessage(() => preview.text.includes('6941215891786825758'));
    expect(preview.template).toBe('orange');
    expect(stage.patches()).toHaveLength(before);
  });
});

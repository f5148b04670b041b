import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { applyIntent } from '../../src/domain/apply.ts';
import { changedFields, diff } from '../../src/domain/diff.ts';
import { SkillId } from '../../src/domain/ids.ts';
import type { EditIntent } from '../../src/domain/intent.ts';
import { ruleKey } from '../../src/domain/same.ts';
import { contentOf, type SkillContent } from '../../src/domain/skill.ts';
import { createHelpdesk, type Helpdesk } from '../../src/feishu/helpdesk.ts';
import { parseJson } from '../../src/lib/json.ts';
import { toRow } from '../../src/store/changeRow.ts';
import { contentColumn } from '../../src/store/storedJson.ts';
import { newChange } from '../store/samples.ts';
import { DESK, type FakeFeishu, SENDER, startFakeFeishu } from '../support/feishu.ts';

const ID = SkillId.parse('6941215891786825756');
const ROUTE = `/open-apis/helpdesk/v1/agent_skills/${ID}`;

const Patch = z.object({ agent_skill: z.object({ rules: z.array(z.looseObject({ operand: z.unknown() })) }) });

const anyDigits = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.bigInt({ min: 2n ** 53n, max: 10n ** 40n }),
    fc.constantFrom('', '.0000000000000000000000001', '.5', 'e300', 'E+400', 'e-400'),
  )
  .map((parts) => parts.join(''));

/** JSON texts of operands that hold such a number in any place, or in a text. */
const anyOperand = fc.letrec<{ operand: string }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 3 },
    anyDigits,
    anyDigits.map((digits) => JSON.stringify(digits)),
    anyDigits.map((digits) => JSON.stringify(`{"ids":[${digits}]}`)),
    fc.constantFrom('7', '0.1', 'true', '"上海"', '{}'),
    fc.array(tie('operand'), { minLength: 1, maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    tie('operand').map((value) => `{"selected":${value},"id":"x"}`),
  ),
})).operand;

describe('a number that JavaScript would change, in an operand of a rule', () => {
  let feishu: FakeFeishu;
  let helpdesk: Helpdesk;

  beforeEach(async () => {
    feishu = await startFakeFeishu();
    helpdesk = createHelpdesk(feishu.client, DESK, feishu.logs.logger);
    feishu.server.on(`PATCH ${ROUTE}`, { json: { code: 0 } });
  });
  afterEach(() => feishu.close());

  const deskHas = (operand: string) => {
    const other = '{"id":"3","selected_operator":5,"operator_options":[5,6],"operand":"上海"}';
    const rule = `{"id":"14","selected_operator":8,"operator_options":[7,8],"operand":${operand}}`;
    const skill = `{"id":"${ID}","name":"VIP","agent_ids":[],"rules":[${rule},${other}]}`;
    feishu.server.on(`GET ${ROUTE}`, { text: `{"code":0,"data":{"agent_skill":${skill}}}` });
  };
  const stored = (content: SkillContent | undefined) =>
    contentColumn.read(toRow(newChange(1, { base: content })).base ?? '');

  /** Reads, plans, stores, reads back from the store, and sends. Gives the operands that went out. */
  async function edited(intent: EditIntent): Promise<unknown[]> {
    const skill = await helpdesk.getSkill(ID);
    const applied = applyIntent(intent, skill);
    if (!applied.ok) throw new Error(applied.why.kind);
    const [base, target] = [stored(contentOf(skill)), stored(applied.target)];
    expect(changedFields(base, await helpdesk.getSkill(ID))).toEqual([]);
    expect(diff(base, target)).toEqual(diff(contentOf(skill), applied.target));
    await helpdesk.patchSkill(SENDER, ID, { rules: target.rules });
    const sent = Patch.parse(parseJson(feishu.server.requests.at(-1)?.text ?? ''));
    return sent.agent_skill.rules.map(({ operand }) => operand);
  }

  it('comes back as it was when another rule is edited', async () => {
    await fc.assert(
      fc.asyncProperty(anyOperand, async (operand) => {
        deskHas(operand);
        const to = { id: '3', selectedOperator: 6, operand: '北京' };
        const key = ruleKey({ id: '3', selectedOperator: 5, operand: '上海' });
        const [kept] = await edited({ kind: 'edit-rule', rule: key, to });
        expect(kept).toEqual(parseJson(operand));
      }),
    );
  });

  it.each(['6941215891786825757', '-6941215891786825757.5', '[1.000000000000000000001]', '{"a":{"b":[1e400]}}'])(
    '%s goes out character by character, whatever else is changed',
    async (operand) => {
      deskHas(operand);
      const rule = { id: '3', selectedOperator: 5, operand: '广州' };
      await edited({ kind: 'add-rule', rule });
      expect(feishu.server.requests.at(-1)?.text).toContain(`"operand":${operand}}`);
      await edited({ kind: 'remove-rule', rule: ruleKey({ ...rule, operand: '上海' }) });
      expect(feishu.server.requests.at(-1)?.text).toContain(`"operand":${operand}}`);
    },
  );

  it('is a difference when it differs in its last digit', async () => {
    deskHas('6941215891786825757');
    const before = await helpdesk.getSkill(ID);
    deskHas('6941215891786825758');
    expect(changedFields(before, await helpdesk.getSkill(ID))).toEqual(['rules']);
    deskHas('6941215891786825757.0');
    expect(changedFields(before, await helpdesk.getSkill(ID))).toEqual([]);
  });
});

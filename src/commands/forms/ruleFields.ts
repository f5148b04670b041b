import type { Field } from '../../cards/form.ts';
import { plain } from '../../cards/text.ts';
import { conditionInWords, conditionOf, operandValues, valueNames } from '../../domain/conditions.ts';
import { knownValues, type OperandValue } from '../../domain/operand.ts';
import { operatorName } from '../../domain/operators.ts';
import { operatorsNamed, type RuleOption } from '../../domain/ruleChoice.ts';
import type { Rule } from '../../domain/skill.ts';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import { UsageError } from '../errors.ts';
import { fieldOf, valuesInField } from '../parse/valueList.ts';
import type { GivenValue } from '../resolve/rules.ts';
import { textIn } from './form.ts';
import type { Filled } from './formSpec.ts';

/** The fields for a rule with this condition. `suffix` tells several rules of one form apart. */
export function ruleFields(option: RuleOption, filled: Filled, suffix: string, present?: Rule): Field[] {
  const name = conditionInWords(option);
  const offered = option.operatorOptions ?? [];
  const kept = present?.selectedOperator;
  const operators = kept === undefined || offered.includes(kept) ? offered : [kept, ...offered];
  const chosen = textIn(filled, `operator${suffix}`) ?? kept?.toString() ?? usual(operators)?.toString();
  return [
    {
      kind: 'choice',
      name: `operator${suffix}`,
      label: phrase(plain`${name.zh}：运算符`, plain`${name.en}: operator`),
      options: operators.map((number) => ({ value: String(number), text: operatorName(number) })),
      value: chosen,
    },
    valueField(option, filled, `value${suffix}`, present),
  ];
}

/** Most rules say what fits, wherever the desk lists that. */
const usual = (operators: readonly number[]): number | undefined =>
  operators.find((number) => operatorsNamed('=').includes(number)) ?? operators[0];

/** The values of a present rule as its form shows them. */
export const presentValues = (rule: Rule): OperandValue[] =>
  operandValues(rule).map(({ text, id }) => ({ id: id ?? text.zh, name: text.zh }));

const MAX_VALUE_TEXT = 1000;

function valueField(option: RuleOption, filled: Filled, name: string, present: Rule | undefined): Field {
  const kind = conditionOf(option.id)?.values;
  const label = phrase('比较的值', 'Values to compare with');
  const names = valueNames(kind);
  if (Object.keys(names).length > 0) {
    const options = Object.entries(names).map(([value, text]) => ({ value, text }));
    return { kind: 'choice', name, label, options, value: textIn(filled, name) };
  }
  const value = textIn(filled, name) ?? (present && fieldOf(presentValues(present).map((value) => value.name)));
  return { kind: 'text', name, label, hint: valueHint(option, present), value, maxLength: MAX_VALUE_TEXT };
}

function valueHint(option: RuleOption, present: Rule | undefined) {
  const known = knownValues(present ? [option, present] : [option]).slice(0, 3);
  const names = known.map((value) => value.name);
  const example = (separator: string) =>
    names.length > 0 ? separator + names.map((name) => plain`${name}`).join('、') : '';
  const kind = conditionOf(option.id)?.values;
  if (kind === 'number') return phrase('一个数字', 'A number');
  // Not a choice of people: without a list of everybody it offers those of the chat, and in a direct chat that is oneself.
  if (kind === 'person')
    return phrase('邮箱或 ou_…，多个用逗号分开', 'Email addresses or ou_… ids, separated by commas');
  return phrase(`多个值用逗号分开${example('，如 ')}`, `Several values separated by commas${example(', such as ')}`);
}

/** What was filled in for a rule. */
export function ruleInput(filled: Filled, suffix: string): { operator: string; values: GivenValue[] } {
  const operator = textIn(filled, `operator${suffix}`);
  if (operator === undefined) throw new UsageError({ kind: 'missing', argument: 'operator' });
  return { operator, values: valuesInField(textIn(filled, `value${suffix}`) ?? '') };
}

function visibleName(option: RuleOption): Phrase {
  const { zh, en } = conditionInWords(option);
  return phrase(plain`${zh}`, plain`${en}`);
}

/** A choice among the conditions that the desk offers. */
export const conditionStep = (
  options: readonly RuleOption[],
  value: string | undefined,
): Field & { kind: 'choice' } => ({
  kind: 'choice',
  name: 'condition',
  label: phrase('条件', 'Condition'),
  options: options.map((option) => ({ value: option.id, text: visibleName(option) })),
  value,
});

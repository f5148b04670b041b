import type { Field } from '../../cards/form.ts';
import { say } from '../../lib/phrase.ts';
import { conditionName, conditionOf, operandValues, valueNames } from '../../skills/conditions.ts';
import { knownValues } from '../../skills/operand.ts';
import { operatorName } from '../../skills/operators.ts';
import type { RuleOption } from '../../skills/ruleChoice.ts';
import type { Rule } from '../../skills/skill.ts';
import { UsageError } from '../errors.ts';
import type { GivenValue } from '../resolve/rules.ts';
import { listIn, peopleIn, textIn } from './form.ts';
import type { Filled } from './formSpec.ts';

/** The fields for a rule with this condition. `suffix` tells several rules of one form apart. */
export function ruleFields(option: RuleOption, filled: Filled, suffix: string, present?: Rule): Field[] {
  const name = conditionName(option);
  const offered = option.operator_options ?? [];
  const kept = present?.selected_operator;
  const operators = kept === undefined || offered.includes(kept) ? offered : [kept, ...offered];
  const chosen = textIn(filled, `operator${suffix}`) ?? kept?.toString() ?? operators[0]?.toString();
  return [
    {
      kind: 'choice',
      name: `operator${suffix}`,
      label: say(`${name.zh}：运算符`, `${name.en}: operator`),
      options: operators.map((number) => ({ value: String(number), text: operatorName(number) })),
      value: chosen,
    },
    valueField(option, filled, `value${suffix}`, present),
  ];
}

const MAX_VALUE_TEXT = 1000;

function valueField(option: RuleOption, filled: Filled, name: string, present: Rule | undefined): Field {
  const kind = conditionOf(option.id)?.values;
  const label = say('比较的值', 'Values to compare with');
  const names = valueNames(kind);
  if (Object.keys(names).length > 0) {
    const options = Object.entries(names).map(([value, text]) => ({ value, text }));
    return { kind: 'choice', name, label, options, value: textIn(filled, name) };
  }
  if (kind === 'person') return { kind: 'people', name, label, options: [], values: peopleIn(filled, name) };
  const value =
    textIn(filled, name) ??
    (present &&
      operandValues(present)
        .map((text) => text.zh)
        .join('、'));
  return { kind: 'text', name, label, hint: valueHint(option, present), value, maxLength: MAX_VALUE_TEXT };
}

function valueHint(option: RuleOption, present: Rule | undefined) {
  const known = knownValues(present ? [option, present] : [option]).slice(0, 3);
  const names = known.map((value) => value.name);
  const example = (separator: string) => (names.length > 0 ? `${separator}${names.join('、')}` : '');
  if (conditionOf(option.id)?.values === 'number') return say('一个数字', 'A number');
  return say(`多个值用逗号分开${example('，如 ')}`, `Several values separated by commas${example(', such as ')}`);
}

/** What was filled in for a rule. */
export function ruleInput(filled: Filled, suffix: string): { operator: string; values: GivenValue[] } {
  const operator = textIn(filled, `operator${suffix}`);
  if (operator === undefined) throw new UsageError({ kind: 'missing', argument: 'operator' });
  const values = listIn(filled, `value${suffix}`).flatMap((text) => text.split(/[,，、;；\n]/u));
  return { operator, values: values.map((text) => text.trim()).filter((text) => text !== '') };
}

/** A choice among the conditions that the desk offers. */
export const conditionStep = (
  options: readonly RuleOption[],
  value: string | undefined,
): Field & { kind: 'choice' } => ({
  kind: 'choice',
  name: 'condition',
  label: say('条件', 'Condition'),
  options: options.map((option) => ({ value: option.id, text: conditionName(option) })),
  value,
});

import { type Phrase, phrase } from '../lib/phrase.ts';

/** What an operator compares: one value with a bound, or with a list. */
export type OperatorKind = 'bound' | 'list';

export interface Operator {
  number: number;
  name: Phrase;
  kind: OperatorKind;
  /** What people type for it, besides its number and name; lower case. */
  words: readonly string[];
}

const ANY_OF = [
  '=',
  '==',
  'is',
  'in',
  'any',
  'is any of',
  'one of',
  'any of',
  '是',
  '属于',
  '包含',
  '是以下任一',
  '等于',
];
const NONE_OF = [
  '!=',
  '≠',
  '<>',
  'not',
  'is not',
  'not in',
  'none of',
  'is none of',
  '不是',
  '不属于',
  '不包含',
  '不是以下任一',
  '不等于',
];

/**
 * The documented operators (ucDOyYjL3gjM24yN4IjN/operator-options). 5 and 8, and 6 and 7, mean the same to a person:
 * which of them a condition takes is said by its `operator_options`.
 */
export const OPERATORS: readonly Operator[] = [
  { number: 2, name: phrase('大于等于', 'is at least'), kind: 'bound', words: ['>=', '≥', '=>', 'at least', '不小于'] },
  { number: 3, name: phrase('小于等于', 'is at most'), kind: 'bound', words: ['<=', '≤', '=<', 'at most', '不大于'] },
  { number: 5, name: phrase('是右侧任一', 'is any of'), kind: 'list', words: ANY_OF },
  { number: 6, name: phrase('不是右侧任一', 'is none of'), kind: 'list', words: NONE_OF },
  { number: 7, name: phrase('不是右侧任一', 'is none of'), kind: 'list', words: NONE_OF },
  { number: 8, name: phrase('是右侧任一', 'is any of'), kind: 'list', words: ANY_OF },
];

/** The words for an operator; one that no document knows is named by its number. */
export const operatorName = (number: number | undefined): Phrase =>
  OPERATORS.find((operator) => operator.number === number)?.name ??
  (number === undefined ? phrase('（未设运算符）', '(no operator)') : phrase(`运算符 ${number}`, `operator ${number}`));

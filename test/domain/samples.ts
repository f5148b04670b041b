import { OpenId } from '../../src/domain/ids.ts';
import type { Rule, SkillContent } from '../../src/domain/skill.ts';

export const tom = OpenId.parse('ou_tom');
export const zhang = OpenId.parse('ou_zhang');
export const li = OpenId.parse('ou_li');

/** "Department is IT": once with the operand as an object, once as the same JSON in a string. */
export const inIT: Rule = {
  id: '12',
  selectedOperator: 8,
  operatorOptions: [7, 8],
  operand: { selected_departments: [{ id: 'od-4e6ac4', name: 'IT' }] },
  category: 3,
  displayName: '部门',
};
export const inITAsText: Rule = {
  id: '12',
  selectedOperator: 8,
  operand: '{ "selected_departments": [{ "name": "IT", "id": "od-4e6ac4" }] }',
};
/** The same condition with another operand. */
export const inSales: Rule = {
  ...inIT,
  operand: { selected_departments: [{ id: 'od-99', name: 'Sales' }] },
};
/** "Name contains VIP". */
export const isVip: Rule = { id: '3', selectedOperator: 5, operand: 'VIP' };

export const skill = (overrides: Partial<SkillContent> = {}): SkillContent => ({
  name: 'Key accounts',
  rules: [inIT],
  agentIds: [tom, zhang],
  ...overrides,
});

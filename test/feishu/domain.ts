const NAMES = new Map([
  ['agent_ids', 'agentIds'],
  ['is_default', 'isDefault'],
  ['selected_operator', 'selectedOperator'],
  ['operator_options', 'operatorOptions'],
  ['display_name', 'displayName'],
]);

/** A rule as the domain has it, of one in the spelling of Feishu. */
export const ruleOf = (rule: object) =>
  Object.fromEntries(Object.entries(rule).map(([name, value]) => [NAMES.get(name) ?? name, value]));

/** A skill as the domain has it, of one in the spelling of Feishu. */
export const skillOf = ({ rules, ...skill }: { id: unknown; rules?: readonly object[] }) => ({
  ...ruleOf(skill),
  ...(rules && { rules: rules.map(ruleOf) }),
});

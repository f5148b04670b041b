import type { ShownCard } from '../../support/shownCard.ts';

type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

function nodesIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value, ...Object.values(value).flatMap(nodesIn)] : [];
}

const FIELDS: ReadonlySet<unknown> = new Set(['input', 'select_static', 'multi_select_static', 'multi_select_person']);

/** What a control is for: the field that its callback is about, or its name in a form. */
function fieldOf({ name, behaviors }: Node): unknown {
  return nodesIn(behaviors).find(({ field }) => field !== undefined)?.field ?? name;
}

/** The names of everything that a card asks to be filled in or chosen. */
export const fieldsOf = ({ card }: ShownCard): unknown[] =>
  nodesIn(card)
    .filter(({ tag }) => FIELDS.has(tag))
    .map(fieldOf);

const field = ({ card }: ShownCard, name: string): Node | undefined =>
  nodesIn(card).find((node) => FIELDS.has(node.tag) && fieldOf(node) === name);

/** The values that a select offers. */
export const optionsOf = (card: ShownCard, name: string): string[] =>
  nodesIn(field(card, name)?.options).flatMap(({ value }) => (typeof value === 'string' ? [value] : []));

/** What is filled into a text field from the start. */
export const textIn = (card: ShownCard, name: string): unknown => field(card, name)?.default_value;

/** The value that a select begins with. */
export const chosenIn = (card: ShownCard, name: string): string | undefined => {
  const at = field(card, name)?.initial_index;
  return typeof at === 'number' ? optionsOf(card, name)[at - 1] : undefined;
};

import { isObject } from '../json.ts';

export type Node = Record<string, unknown>;

/** Every object of header and body, parents first. Callback values and table rows are not entered. */
export function nodesOf(card: Node): Node[] {
  return [...walk(card.header), ...walk(card.body)];
}

function walk(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(walk);
  if (!isObject(value)) return [];
  const inner = Object.entries(value).filter(
    ([key, child]) => !(key === 'value' && isObject(child)) && !(key === 'rows' && value.tag === 'table'),
  );
  return [value, ...inner.flatMap(([, child]) => walk(child))];
}

/** Deepest nesting of components: body.elements is 1, a column_set and its columns are one level. */
export function depthOf(elements: unknown): number {
  if (!Array.isArray(elements)) return 0;
  const depths = elements.filter(isObject).map((node) => {
    const columns = Array.isArray(node.columns) ? node.columns.filter(isObject) : [];
    return 1 + Math.max(depthOf(node.elements), 0, ...columns.map((column) => depthOf(column.elements)));
  });
  return Math.max(0, ...depths);
}

/** Values that occur more than once. */
export function repeated(values: unknown[]): unknown[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

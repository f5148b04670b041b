import { z } from 'zod';
import { isObject } from '../json.ts';
import { type Node, repeated } from './nodes.ts';
import { tagColor } from './values.ts';

const labels = z.array(z.strictObject({ text: z.string(), color: tagColor.optional() }));

/** What is wrong with the cells of a table: no such column, or a value of another kind. */
export function tableProblem(node: Node): string | undefined {
  if (node.tag !== 'table' || !Array.isArray(node.columns) || !Array.isArray(node.rows)) return undefined;
  const columns = node.columns.filter(isObject);
  const types = new Map(columns.map((column) => [String(column.name), String(column.data_type)]));
  const [double] = repeated(columns.map((column) => column.name));
  if (double !== undefined) return `two columns are named ${JSON.stringify(double)}`;
  for (const [index, row] of node.rows.filter(isObject).entries()) {
    for (const [key, cell] of Object.entries(row)) {
      const type = types.get(key);
      if (type === undefined) return `row ${index}: no column is named ${JSON.stringify(key)}`;
      if (!fitsColumn(type, cell)) return `row ${index}: the cell ${JSON.stringify(key)} does not fit a ${type} column`;
    }
  }
  return undefined;
}

function fitsColumn(type: string, cell: unknown): boolean {
  const isStrings = Array.isArray(cell) && cell.every((value) => typeof value === 'string');
  if (type === 'number') return typeof cell === 'number';
  if (type === 'date') return Number.isInteger(cell);
  if (type === 'persons') return typeof cell === 'string' || isStrings;
  if (type === 'options') return typeof cell === 'string' || labels.safeParse(cell).success;
  return ['string', 'number', 'boolean'].includes(typeof cell);
}

import { controlsOf, optionValues } from '../../clicks/controls.ts';
import type { CardJson } from '../../json.ts';
import { textOf } from '../lib/reading.ts';

/** What the controls of a form show before anybody touches them, by name; an untouched single choice has no value. */
export function initialValues(form: CardJson): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {};
  for (const { node } of controlsOf({ body: form })) {
    const name = textOf(node.name);
    const value = initialValue(node);
    if (name !== undefined && value !== undefined) values[name] = value;
  }
  return values;
}

/** What one control shows at first. */
export function initialValue(node: CardJson): string | string[] | undefined {
  const tag = textOf(node.tag) ?? '';
  if (tag === 'button' || tag === 'overflow') return undefined;
  if (tag === 'input') return textOf(node.default_value) ?? '';
  if (tag.startsWith('multi_')) return Array.isArray(node.selected_values) ? node.selected_values.map(String) : [];
  if (typeof node.initial_option === 'string') return node.initial_option;
  const index = typeof node.initial_index === 'number' ? node.initial_index : 0;
  return index > 0 ? optionValues(node)?.[index - 1] : undefined;
}

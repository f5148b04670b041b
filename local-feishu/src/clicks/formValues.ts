import type { CardJson } from '../json.ts';
import { type Control, controlsOf, optionValues } from './controls.ts';

export type FormValue = Record<string, string | string[]>;

const DEFAULT_MAX_LENGTH = 1000;

/**
 * What a client submits: what is filled in, otherwise what the control shows from the start. An untouched single select is
 * left out. Throws when the client would not submit: unknown field, choice that is not offered, required field left empty.
 */
export function formValues(form: CardJson, filled: FormValue, members: string[]): FormValue {
  const fields = controlsOf({ body: form }).filter(
    ({ tag, node }) => tag !== 'button' && typeof node.name === 'string',
  );
  const names = new Set(fields.map(({ node }) => String(node.name)));
  const unknown = Object.keys(filled).filter((name) => !names.has(name));
  if (unknown.length > 0)
    throw new Error(`the form has no field ${unknown.join(', ')}; it has: ${[...names].join(', ')}`);
  const values: FormValue = {};
  for (const field of fields) {
    const name = String(field.node.name);
    const value = filled[name] ?? shownValue(field);
    checkField(field, name, value, members);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

function shownValue({ tag, node }: Control): string | string[] | undefined {
  if (tag === 'input') return typeof node.default_value === 'string' ? node.default_value : '';
  if (tag.startsWith('multi_')) return Array.isArray(node.selected_values) ? node.selected_values.map(String) : [];
  if (typeof node.initial_option === 'string') return node.initial_option;
  const index = typeof node.initial_index === 'number' ? node.initial_index : 0;
  return index > 0 ? optionValues(node)?.[index - 1] : undefined;
}

function checkField(field: Control, name: string, value: string | string[] | undefined, members: string[]): void {
  const { tag, node } = field;
  if (node.required === true && (value === undefined || value.length === 0)) {
    throw new Error(`the required field ${name} is empty`);
  }
  if (value === undefined) return;
  if (Array.isArray(value) !== tag.startsWith('multi_')) {
    throw new Error(`the field ${name} takes ${tag.startsWith('multi_') ? 'a list' : 'one value'}`);
  }
  if (tag === 'input') checkLength(name, value, node.max_length);
  else checkChoice(node, [value].flat(), members);
}

function checkLength(name: string, value: string | string[], maxLength: unknown): void {
  const limit = typeof maxLength === 'number' ? maxLength : DEFAULT_MAX_LENGTH;
  if (value.length > limit) throw new Error(`the field ${name} takes ${limit} characters at most`);
}

/** Throws when a client does not offer one of the choices. */
export function checkChoice(node: CardJson, choices: string[], members: string[]): void {
  const offered = optionValues(node) ?? members;
  const strange = choices.filter((choice) => !offered.includes(choice));
  if (strange.length > 0)
    throw new Error(`the control does not offer ${strange.join(', ')}; it offers: ${offered.join(', ')}`);
}

import type { CardJson } from '../json.ts';
import { isObject } from '../json.ts';

/** Which control of a card; several conditions must all fit. The first that fits is taken, or the `nth` (from 0). */
export interface ClickTarget {
  /** `action` in the value of its callback. */
  action?: string;
  /** Some entries of the value of its callback. */
  value?: Record<string, unknown>;
  /** Visible text in any language. */
  text?: string;
  name?: string;
  tag?: string;
  /** Place among all controls of the card, from 0. */
  index?: number;
  nth?: number;
}

/** An interactive element of a card, with the form it is in. */
export interface Control {
  tag: string;
  node: CardJson;
  /** The form element around it. */
  form?: CardJson;
}

const CONTROL_TAGS = new Set([
  'button',
  'input',
  'select_static',
  'multi_select_static',
  'select_person',
  'multi_select_person',
  'overflow',
  'interactive_container',
]);

/** All controls of a card in reading order. */
export function controlsOf(card: CardJson): Control[] {
  return isObject(card.body) ? collect(card.body.elements) : [];
}

function collect(elements: unknown, form?: CardJson): Control[] {
  if (!Array.isArray(elements)) return [];
  return elements.filter(isObject).flatMap((node) => {
    const around = node.tag === 'form' ? node : form;
    const inner = [...collect(node.elements, around), ...collect(node.columns, around)];
    if (typeof node.tag !== 'string' || !CONTROL_TAGS.has(node.tag)) return inner;
    return [{ tag: node.tag, node, ...(around ? { form: around } : {}) }, ...inner];
  });
}

/** The control that the target means. Throws when there is none, naming what there is. */
export function findControl(card: CardJson, target: ClickTarget): Control {
  const controls = controlsOf(card);
  const fitting = controls.filter((control, index) => fits(control, index, target));
  const found = fitting[target.nth ?? 0];
  if (found) return found;
  const present = controls.map(describe).join(', ') || 'none';
  throw new Error(`the card has no control ${JSON.stringify(target)}; it has: ${present}`);
}

function fits(control: Control, index: number, target: ClickTarget): boolean {
  const value = callbackValue(control.node);
  if (target.index !== undefined && target.index !== index) return false;
  if (target.tag !== undefined && target.tag !== control.tag) return false;
  if (target.name !== undefined && target.name !== control.node.name) return false;
  if (target.action !== undefined && target.action !== value?.action) return false;
  if (target.text !== undefined && !visibleTexts(control.node).includes(target.text)) return false;
  return Object.entries(target.value ?? {}).every(([key, wanted]) => value?.[key] === wanted);
}

function describe({ tag, node }: Control): string {
  const action = callbackValue(node)?.action;
  const words = [node.name, action, visibleTexts(node)[0]].filter((word) => typeof word === 'string');
  return `${tag}(${words.join(' / ')})`;
}

/** Value of the callback behavior. */
export function callbackValue(node: CardJson): CardJson | undefined {
  const behaviors = Array.isArray(node.behaviors) ? node.behaviors.filter(isObject) : [];
  const value = behaviors.find((behavior) => behavior.type === 'callback')?.value;
  return isObject(value) ? value : undefined;
}

/** Texts of an element in all languages; of a container, those of what is in it. */
export function visibleTexts(node: CardJson): string[] {
  const own = [node.text, node.label, node.placeholder].flatMap(textsOf);
  const inner = Array.isArray(node.elements) ? node.elements.filter(isObject).flatMap(visibleTexts) : [];
  return node.tag === 'markdown' || node.tag === 'plain_text' ? textsOf(node) : [...own, ...inner];
}

function textsOf(text: unknown): string[] {
  if (!isObject(text)) return [];
  const translated = isObject(text.i18n_content) ? Object.values(text.i18n_content) : [];
  return [text.content, ...translated]
    .filter((value): value is string => typeof value === 'string')
    .map((t) => t.trim());
}

/** Values that a select or an overflow menu offers; undefined when the members of the chat are offered. */
export function optionValues(node: CardJson): string[] | undefined {
  const options = Array.isArray(node.options) ? node.options.filter(isObject) : [];
  const values = options.map((option) => option.value).filter((value): value is string => typeof value === 'string');
  return values.length === 0 && String(node.tag).endsWith('_person') ? undefined : values;
}

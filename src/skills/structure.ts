import { parseJson } from '../lib/json.ts';
import { Json } from './skill.ts';

/** Nothing that a person made is nested as deeply; what is cannot be compared, shown or stored without an end of the stack. */
const MAX_DEPTH = 100;

/** Whether a value is nested no deeper than what a person makes. */
export function isShallow(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    if (level.length === 0) return true;
  }
  return false;
}

/** The object or list that a text holds as JSON; undefined when it is only a text. */
export function structureIn(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value = parseJson(text);
    return isShallow(value) ? Json.parse(value) : undefined;
  } catch {
    return undefined;
  }
}

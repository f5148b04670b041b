import { parseJson } from '../lib/json.ts';
import { isDeeperThan } from '../lib/nesting.ts';
import { Json } from './skill.ts';

/** Nothing that a person made is nested as deeply; what is cannot be compared, shown or stored without an end of the stack. */
export const MAX_DEPTH = 100;

/** The object or list that a text holds as JSON; undefined when it is only a text. */
export function structureIn(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value = parseJson(text);
    return isDeeperThan(value, MAX_DEPTH) ? undefined : Json.parse(value);
  } catch {
    return undefined;
  }
}

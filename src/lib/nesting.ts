/** Nothing that Feishu sends, and no card of the bot, is nested nearly as deep. */
const MAX_DEPTH = 64;

/**
 * Whether a value made by JSON.parse is nested so deep that what walks through it by recursion, such as JSON.stringify,
 * may run out of stack. Looks without recursion.
 */
export function isTooDeep(value: unknown): boolean {
  let level: object[] = isObject(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === MAX_DEPTH) return true;
    const next: object[] = [];
    for (const node of level) {
      for (const child of Object.values(node)) if (isObject(child)) next.push(child);
    }
    level = next;
  }
  return false;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

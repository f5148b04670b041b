import { isObject } from './json.ts';

/**
 * Whether a value made from JSON has objects or lists within each other on more than `levels` levels, so that what walks
 * through it by recursion, such as JSON.stringify, may run out of stack. Looks without recursion.
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level: object[] = isObject(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === levels) return true;
    const next: object[] = [];
    for (const node of level) {
      for (const child of Object.values(node)) if (isObject(child)) next.push(child);
    }
    level = next;
  }
  return false;
}

import { isObject } from '../lib/json.ts';

/** Where the bot looks for something, by the kind of the event. */
const PATHS = {
  click: ['', 'context', 'event', 'event.operator', 'event.context', 'event.action', 'event.action.value'],
  message: ['', 'event', 'event.sender', 'event.sender.sender_id', 'event.message'],
  other: ['', 'event', 'event.operator', 'event.operator_id'],
};
const MAX_NAMES = 20;
/** A name that a program has given; any other one may be something that a person has typed. */
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;

/**
 * What an event is made of, for the log: the names of the fields where the bot looks for something, or the type of what is
 * there instead; never what they hold.
 */
export const eventShape = (kind: keyof typeof PATHS, body: unknown): Record<string, string> =>
  Object.fromEntries(PATHS[kind].map((path) => [path || 'body', namesIn(at(body, path ? path.split('.') : []))]));

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, name) => (isObject(node) ? Object.entries(node).find(([key]) => key === name)?.[1] : undefined),
    value,
  );
}

function namesIn(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (!isObject(value)) return value === null ? 'null' : typeof value;
  return Object.keys(value)
    .slice(0, MAX_NAMES)
    .map((name) => (FIELD_NAME.test(name) ? name : '?'))
    .join(' ');
}

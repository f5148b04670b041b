import { z } from 'zod';

const as = z.string().min(1);
const words = z.record(z.string(), z.unknown());

export const sayBody = z.strictObject({
  as,
  chat: z.string().default('group'),
  text: z.string().min(1),
  kind: z.enum(['text', 'post']).optional(),
  reply_to: z.string().optional(),
});

export const clickBody = z.strictObject({
  as,
  message_id: z.string(),
  action: z.string().optional(),
  text: z.string().optional(),
  name: z.string().optional(),
  tag: z.string().optional(),
  value: words.optional(),
  index: z.int().min(0).optional(),
  nth: z.int().min(0).optional(),
  option: z.string().optional(),
  input_value: z.string().optional(),
  form_value: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
});

export const loginBody = z.strictObject({ as, url: z.url(), decision: z.enum(['agree', 'refuse']).default('agree') });

export const recallBody = z.strictObject({ message_id: z.string() });

export const menuBody = z.strictObject({ as, event_key: z.string() });

export const personBody = z.strictObject({ as });

export const revokeBody = z.strictObject({ as, what: z.enum(['all', 'access']).default('all') });

export const withdrawBody = z.strictObject({ as, scope: z.string().min(1) });

export const redeliverBody = z.strictObject({ event_id: z.string(), new_event_id: z.boolean().default(false) });

export const expireBody = z.strictObject({ as, token: z.enum(['access', 'refresh', 'tenant']) });

export const scanBody = z.strictObject({ url: z.url(), decision: z.enum(['approved', 'denied']).default('approved') });

export const appBody = z.strictObject({ version: z.enum(['approve', 'unpublish']) });

export const botBody = z.strictObject({ run: z.enum(['kill', 'start']) });

/** A recorded or hand-written event; `as_is` keeps its ids. */
export const replayBody = z.strictObject({
  event: z.looseObject({
    schema: z.literal('2.0').default('2.0'),
    header: z.looseObject({
      event_type: z.string(),
      event_id: z.string().optional(),
      tenant_key: z.string().optional(),
    }),
    event: words,
  }),
  as_is: z.boolean().default(false),
});

export const connectBody = z.strictObject({ event_url: z.url(), card_url: z.url().optional() });

/** Names as in `Settings`. */
export const settingsShape = {
  pushVia: z.enum(['webhook', 'websocket']),
  eventUrl: z.url(),
  cardUrl: z.url(),
  redirectUris: z.array(z.string()),
  userScopes: z.array(z.string()),
  tenantScopes: z.array(z.string()),
  groupMessages: z.enum(['all', 'mentions']),
  refreshAllowed: z.boolean(),
  untickedScopes: z.array(z.string()),
  oauthCodes: z.enum(['number', 'string', 'none']),
  rateLimits: z.boolean(),
  submits: z.enum(['both', 'value', 'name']),
  cardLock: z.boolean(),
  botEnabled: z.boolean(),
  review: z.enum(['automatic', 'by-hand']),
  registrationInterval: z.number().positive(),
};

const times = { times: z.number().min(1).optional(), skip: z.int().min(0).optional() };
const when = z.enum(['before', 'after']);

const statusFault = z.strictObject({
  type: z.literal('status'),
  status: z.int().min(200).max(599),
  code: z.int().optional(),
  msg: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
});

const lateAnswer = z
  .discriminatedUnion('type', [
    statusFault,
    z.strictObject({ type: z.literal('drop') }),
    z.strictObject({ type: z.literal('hang') }),
  ])
  .transform(given);

const callFault = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('latency'), ms: z.int().min(0), when: when.optional() }),
  statusFault,
  z.strictObject({ type: z.literal('late'), afterMs: z.int().min(0), answer: lateAnswer }),
  z.strictObject({ type: z.literal('drop'), when }),
  z.strictObject({ type: z.literal('hang'), when: when.optional() }),
  z.strictObject({ type: z.literal('page'), status: z.int().min(200).max(599).optional() }),
  z.strictObject({ type: z.literal('malformed') }),
  z.strictObject({ type: z.literal('drip'), everyMs: z.int().min(1) }),
  z.strictObject({ type: z.literal('large'), bytes: z.int().min(1) }),
]);

const deliveryFault = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('duplicate'),
    copies: z.int().min(1).optional(),
    newEventId: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('delay'), ms: z.int().min(0) }),
  z.strictObject({ type: z.literal('lost-answer') }),
]);

/** A fault of calls of the bot, or with `on: "deliveries"` of pushes to it. */
export const faultBody = z.discriminatedUnion('on', [
  z.strictObject({
    on: z.literal('calls').default('calls'),
    route: z.string().optional(),
    method: z.string().optional(),
    kind: callFault,
    ...times,
  }),
  z.strictObject({ on: z.literal('deliveries'), eventType: z.string().optional(), kind: deliveryFault, ...times }),
]);

/** The same object without undefined entries, for optional properties that must be absent. */
export type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Drops entries that are undefined, at the first level. */
export function given<T extends object>(object: T): Given<T>;
export function given(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

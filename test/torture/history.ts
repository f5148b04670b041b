/** What can be written of a skill, in a form that can be compared: agents sorted, each rule as one text. */
export interface Content {
  name: string;
  agents: readonly string[];
  rules: readonly string[];
}

export type Field = keyof Content;
export const FIELDS = ['name', 'agents', 'rules'] as const satisfies readonly Field[];

/** One write that took effect at the local Feishu. */
export interface EffectFact {
  /** In the order in which they happened. */
  seq: number;
  at: number;
  /** Id of the change that the bot wrote, as its own request says; undefined when it says none. */
  change: string | undefined;
  process: string;
  method: 'POST' | 'PATCH' | 'DELETE';
  skillId: string;
  actorId: string;
  /** Undefined: this write made the skill. */
  before: Content | undefined;
  /** Undefined: this write deleted the skill. */
  after: Content | undefined;
}

/** One change as the database has it in the end. */
export interface StoredChange {
  id: string;
  kind: string;
  status: string;
  /** The stored outcome says that the result is not known. */
  isUnknown: boolean;
  actorId: string;
  /** Undefined for one that makes a skill, until it is done. */
  skillId: string | undefined;
  /** The skill that it says it made. */
  createdId: string | undefined;
  /** The change that stands in its place. */
  next: string | undefined;
  base: Content | undefined;
  target: Content | undefined;
  /** The message that shows it. */
  messageId: string | undefined;
  /** When its preview is over, by the clock of the database. */
  expiresAt: number;
}

/** The same, and what its person did. */
export interface ChangeFact extends StoredChange {
  isConfirmed: boolean;
  /** When their press was first answered as taken: as being worked on, or as done. */
  acceptedAt: number | undefined;
}

/** A message of the bot as it is shown in the end. */
export interface CardFact {
  messageId: string;
  /** The change that it shows; undefined when it shows none. */
  changeId: string | undefined;
  /** After a change it showed none: it told of an error, or asked for a login. */
  isWithdrawn: boolean;
  template: string;
  /** What its buttons call back with. */
  actions: readonly string[];
}

/** Everything that the judge looks at. */
export interface History {
  changes: readonly ChangeFact[];
  effects: readonly EffectFact[];
  cards: readonly CardFact[];
  /** Keys of deliveries that are not finished. */
  openDeliveries: readonly string[];
  /** Messages with commands that the bot never answered. */
  unanswered: readonly string[];
}

/** Whether two contents agree in a field. */
export const isSame = (a: Content, b: Content, field: Field): boolean =>
  JSON.stringify(a[field]) === JSON.stringify(b[field]);

/** Whether a write left the skill other than it was. */
export function changedFields({ before, after }: Pick<EffectFact, 'before' | 'after'>): Field[] {
  if (!before || !after) return [...FIELDS];
  return FIELDS.filter((field) => !isSame(before, after, field));
}

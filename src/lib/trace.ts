import { AsyncLocalStorage } from 'node:async_hooks';

/** What a piece of work is about. */
export interface TraceFields {
  /** The key of the delivery that is worked on. */
  delivery?: string | undefined;
  /** The id of the change that is written. */
  change?: string | undefined;
}

/** Follows work through everything that it waits for, so that each line of the log says what it belongs to. */
export interface Trace {
  /** Does `work`; whatever it logs carries these fields, beside those of the work around it. */
  within<T>(fields: TraceFields, work: () => T): T;
  /** What is worked on at this moment; an object of the caller's own. */
  fields(): TraceFields;
}

export function createTrace(): Trace {
  const current = new AsyncLocalStorage<TraceFields>();
  const fields = (): TraceFields => ({ ...current.getStore() });
  return { fields, within: (more, work) => current.run({ ...fields(), ...more }, work) };
}

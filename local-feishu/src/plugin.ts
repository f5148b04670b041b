import type { z } from 'zod';
import type { RequestHeaders } from './api/access.ts';
import type { Endpoint } from './api/endpoint.ts';
import type { Act } from './control/act.ts';
import type { Setting } from './control/snapshot.ts';
import type { Core } from './core.ts';
import type { CallEntry } from './state/callLog.ts';

/** A product of Feishu beside the core, such as the helpdesk. `Part` is what it adds to the handle. */
export interface Plugin<Part extends object = object> {
  /** Called once, before anything listens. May add settings, credentials, scopes and people to those of the core. */
  join(core: Core): Joined<Part>;
}

/** What a plug-in adds. */
export interface Joined<Part extends object> {
  part: Part;
  endpoints?: readonly Endpoint[];
  /** `GET /sandbox/<name>` */
  looks?: Readonly<Record<string, () => unknown>>;
  /** `POST /sandbox/<name>` */
  acts?: Readonly<Record<string, Act>>;
  /** Which of `settings` are the plug-in's own, and what they may be. */
  settings?: z.ZodRawShape;
  /** What `GET /sandbox/state` says of it. */
  state?(): Record<string, unknown>;
  /** What the page shows of it. */
  shown?(): Partial<Setting>;
  /** What it reads in the headers of a call, for the call log. */
  describeCall?(headers: RequestHeaders): Partial<CallEntry>;
}

/** What all these plug-ins add to the handle. */
export type PartsOf<Plugins extends readonly Plugin[]> = Plugins extends readonly [
  Plugin<infer Part>,
  ...infer Rest extends readonly Plugin[],
]
  ? Part & PartsOf<Rest>
  : object;

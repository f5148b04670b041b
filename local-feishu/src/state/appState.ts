import type { Ids } from '../ids.ts';
import { CALLBACKS, EVENTS } from '../seed.ts';

/** How one kind of push is subscribed to, as the developers have it. */
export interface Subscription {
  mode: 'webhook' | 'websocket';
  items: string[];
}

/** What was handed in for release; events and callbacks act only once it is online. */
export interface AppVersion {
  id: string;
  version: string;
  items: string[];
}

/** The app as its developers configure it, and as it is released. */
export class AppState {
  events: Subscription = { mode: 'webhook', items: [] };
  callbacks: Subscription = { mode: 'webhook', items: [] };
  online: AppVersion | undefined;
  inReview: AppVersion | undefined;
  readonly #ids: Ids;

  constructor(ids: Ids, state: 'configured' | 'blank') {
    this.#ids = ids;
    if (state === 'blank') return;
    this.events.items = [...EVENTS];
    this.callbacks.items = [...CALLBACKS];
    this.submit();
    this.approve();
  }

  /** Hands in a version of what is configured now. */
  submit(version = '1.0.0'): AppVersion {
    const items = [...this.events.items, ...this.callbacks.items];
    this.inReview = { id: `oav_${this.#ids.hex(32)}`, version, items };
    return this.inReview;
  }

  /** What an admin of the tenant does: the version that waits goes online. */
  approve(): void {
    this.online = this.inReview ?? this.online;
    this.inReview = undefined;
  }

  /** Nothing was ever released. */
  unpublish(): void {
    this.online = undefined;
    this.inReview = undefined;
  }

  /** Whether pushes of this type go out. */
  delivers(type: string): boolean {
    return this.online?.items.includes(type) ?? false;
  }
}

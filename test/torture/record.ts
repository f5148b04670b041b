/** Something that the driver did, or saw. */
export interface Event {
  at: number;
  /** Who or what: a person, a replica, the faults. */
  who: string;
  what: string;
  changeId?: string | undefined;
  messageId?: string | undefined;
}

/** What the driver did, in order, and how often. */
export class RunRecord {
  readonly events: Event[] = [];
  /** Changes that their button was pressed for, with the open ids of those who pressed. */
  readonly confirmed = new Map<string, Set<string>>();
  /** Changes for which a press was taken, with the open ids of those who pressed, and when that was first. */
  readonly accepted = new Map<string, Map<string, number>>();
  /** Event ids of presses that were answered as taken. */
  readonly taken = new Set<string>();
  /** Messages with commands. */
  readonly asked: string[] = [];
  readonly counts = new Map<string, number>();

  add(event: Omit<Event, 'at'>): void {
    this.events.push({ at: Date.now(), ...event });
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  confirm(changeId: string, openId: string): void {
    const all = this.confirmed.get(changeId) ?? new Set();
    this.confirmed.set(changeId, all.add(openId));
  }

  accept(changeId: string, openId: string): void {
    const all = this.accepted.get(changeId) ?? new Map<string, number>();
    this.accepted.set(changeId, all.set(openId, all.get(openId) ?? Date.now()));
  }
}

import type { Clock } from '../lib/clock.ts';
import type { Change } from '../store/change.ts';
import type { Store } from '../store/store.ts';
import { HOLD_MS } from './doubt.ts';

/** How long a Confirm waits for what another change writes, or may still write. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

interface LeaseParts {
  store: Store;
  clock: Clock;
  desk: { id: string };
}

/**
 * What nobody else may write while this change is written, in the order in which everybody takes it: its skill; of a
 * create the name, so that two of one name see each other; of an undone delete the delete, which is undone once.
 */
function leaseKeys({ skill_id, undo_of, intent }: Change, desk: { id: string }): string[] {
  if (intent.kind !== 'create') return skill_id === undefined ? [] : [skill_id];
  const name = `name:${desk.id}:${intent.content.name.normalize('NFKC').toLowerCase()}`;
  return (undo_of === undefined ? [name] : [`new:${undo_of}`, name]).sort();
}

/**
 * Takes all leases of a change, until others may write whatever became of a write that is sent now: should this process die
 * with it under way, they do not come in between. Whoever takes the change over has its leases by its name. False when another change keeps one of them for so long
 * that this one is not waited for; those taken by then run out by themselves, or are taken again by the same change.
 */
export async function acquireLeases({ store, clock, desk }: LeaseParts, change: Change): Promise<boolean> {
  // Whatever may have been written is only looked at: nobody waits for that here.
  const deadline = clock.elapsed() + (change.attempted ? 0 : PATIENCE_MS);
  for (const key of leaseKeys(change, desk)) {
    let pause = PAUSE_MS;
    while (!(await store.skillLeases.acquire(key, change.id, clock.now(), clock.now() + HOLD_MS))) {
      if (clock.elapsed() >= deadline) return false;
      await clock.sleep(pause);
      pause = Math.min(LONGEST_PAUSE_MS, Math.ceil(pause * 1.2));
    }
  }
  return true;
}

/** Keeps the leases of a change until `until`, {@link HOLD_MS} from now at most; gives them free when that is over. */
export async function holdLeases({ store, clock, desk }: LeaseParts, change: Change, until: number): Promise<void> {
  const now = clock.now();
  if (until > now) return store.skillLeases.renew(change.id, Math.min(until, now + HOLD_MS));
  for (const key of leaseKeys(change, desk)) await store.skillLeases.release(key, change.id);
}

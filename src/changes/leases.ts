import type { Change } from '../domain/change.ts';
import type { Clock } from '../lib/clock.ts';
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
  change: Change;
}

/**
 * What nobody else may write while this change is written, in the order in which everybody takes it: its skill; of a
 * create the name, so that two of one name see each other; of an undone delete the delete, which is undone once.
 */
function leaseKeys({ desk, change: { skillId, undoOf, intent } }: LeaseParts): string[] {
  if (intent.kind !== 'create') return skillId === undefined ? [] : [skillId];
  const name = `name:${desk.id}:${intent.content.name.normalize('NFKC').toLowerCase()}`;
  return (undoOf === undefined ? [name] : [`new:${undoOf}`, name]).sort();
}

/**
 * Takes all leases of a change. They last until others may write, whatever becomes of a write that is sent now: should this
 * process die with one under way, nobody comes in between, and whoever takes the change over has them by its name. False
 * when another change keeps one of them for longer than it is waited for.
 */
export async function acquireLeases(parts: LeaseParts): Promise<boolean> {
  const { store, clock, change } = parts;
  // Whatever may have been written is only looked at: nobody waits for that here.
  const deadline = clock.elapsed() + (change.attempted ? 0 : PATIENCE_MS);
  for (const key of leaseKeys(parts)) {
    let pause = PAUSE_MS;
    while (!(await store.skillLeases.acquire(key, change.id, clock.now(), clock.now() + HOLD_MS))) {
      if (clock.elapsed() >= deadline) return false;
      await clock.sleep(pause);
      pause = Math.min(LONGEST_PAUSE_MS, Math.ceil(pause * 1.2));
    }
  }
  return true;
}

/** Whether another change writes, or may still write, what this one is about to. */
export async function isWaiting(parts: LeaseParts): Promise<boolean> {
  const holders = await parts.store.skillLeases.holders(leaseKeys(parts), parts.clock.now());
  return holders.some((holder) => holder !== parts.change.id);
}

/** Keeps the leases of a change until `until`, {@link HOLD_MS} from now at most; gives them free when that is over. */
export async function holdLeases(parts: LeaseParts, until: number): Promise<void> {
  const { store, clock, change } = parts;
  const now = clock.now();
  if (until > now) return store.skillLeases.setUntil(change.id, Math.min(until, now + HOLD_MS));
  for (const key of leaseKeys(parts)) await store.skillLeases.release(key, change.id);
}

import type { DueRow, InboxItem } from '../store/inboxClaims.ts';
import { type AttemptParts, attempt, itemOf } from './attempt.ts';
import type { Held } from './held.ts';
import { MAX_LOST, setAside } from './setAside.ts';
import type { Turns } from './turns.ts';

/** How often one look for work goes on behind the rows of chats that have enough of it. */
const MAX_LOOKS = 16;

export interface ClaimingParts extends AttemptParts {
  turns: Turns;
  held: Held;
  leaseMs: number;
}

/** Takes up everything in the database that is due and for which there is capacity; resolves when it is under way. */
export async function claimDue(parts: ClaimingParts): Promise<void> {
  const { turns } = parts;
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const limit = turns.free();
    const found = limit > 0 ? await claim(parts, limit) : 0;
    const isAllTaken = limit > 0 && found < limit;
    turns.noteLook(isAllTaken);
    if (isAllTaken || limit <= 0) return;
  }
}

/** Takes up to `limit` rows; gives how many were found. */
async function claim(parts: ClaimingParts, limit: number): Promise<number> {
  const { store, clock, worker, turns, held, leaseMs } = parts;
  const reserved = new Map<string, DueRow>();
  let found = 0;
  const choose = (rows: readonly DueRow[]): readonly DueRow[] => {
    found = rows.length;
    for (const row of rows) {
      // A lease that ran out while the process or the database was stuck: the work is still under way here.
      if (!held.has(row.requestKey) && turns.reserve(row)) reserved.set(row.requestKey, row);
    }
    return [...reserved.values()];
  };
  const now = clock.now();
  try {
    const leaseUntil = now + leaseMs;
    const rows = await store.inbox.claim({ worker, now, leaseUntil, limit, except: turns.excluded(), choose });
    for (const row of rows) {
      // With the counts by which capacity was reserved.
      takeUp(parts, { ...row, lost: reserved.get(row.requestKey)?.lost ?? row.lost });
      reserved.delete(row.requestKey);
    }
  } finally {
    for (const row of reserved.values()) turns.release(row);
  }
  return found;
}

function takeUp(parts: ClaimingParts, row: InboxItem): void {
  const { held } = parts;
  if (row.lost >= MAX_LOST) {
    held.holdInTurn(row, async () => ({ hadItsEffect: false, stored: setAside(parts, row) }));
    return;
  }
  const item = itemOf(row);
  held.holdInTurn(item, () => attempt(parts, item));
}

import type { Change } from '../../domain/change.ts';
import type { ChangeId } from '../../domain/ids.ts';
import { type CardJson, fitsLimits } from '../kit.ts';
import { refusalCard } from '../refused.ts';
import { appliedCard, applyingCard, conflictCard, failedCard, mismatchCard, overCard } from './ended.ts';
import { previewCard } from './preview.ts';
import { unknownCard } from './unknown.ts';

/** What is shown with a change besides itself. */
export interface Beside {
  /** The fresh preview that a conflict led to. */
  next?: Change | undefined;
  /** The change that took it back. */
  undoneBy?: ChangeId | undefined;
  /** Another change of the same skill is written first. */
  isWaiting?: boolean;
}

/**
 * The card that shows a change as it stands. A preview that does not fit is refused, for nothing is written that was not seen; what has ended is
 * then shown without its details.
 */
export function changeCard(change: Change, beside: Beside = {}): CardJson {
  const card = fullCard(change, beside);
  if (fitsLimits(card)) return card;
  if (change.status === 'pending' || beside.next) return refusalCard({ kind: 'too-large' });
  return fullCard(withoutDetails(change), beside);
}

/** Whether a card can show everything that the change would do. */
export const isShowable = (change: Change): boolean => fitsLimits(previewCard(change));

const withoutDetails = (change: Change): Change => ({
  ...change,
  base: undefined,
  target: undefined,
  outcome: change.outcome && { ...change.outcome, differences: [] },
});

function fullCard(change: Change, { next, undoneBy, isWaiting }: Beside): CardJson {
  switch (change.status) {
    case 'pending':
      return previewCard(change);
    case 'applying':
      return change.outcome?.unknown ? unknownCard(change) : applyingCard(change, isWaiting);
    case 'applied':
      return appliedCard(change, undoneBy);
    case 'mismatch':
      return change.outcome?.unknown ? unknownCard(change) : mismatchCard(change, undoneBy);
    case 'failed':
      return change.outcome?.unknown ? unknownCard(change) : failedCard(change);
    case 'conflicted':
      return conflictCard(change, next);
    case 'cancelled':
    case 'expired':
      return overCard(change);
  }
}

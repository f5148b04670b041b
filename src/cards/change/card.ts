import type { Change } from '../../store/change.ts';
import type { CardJson } from '../kit.ts';
import { appliedCard, applyingCard, conflictCard, failedCard, mismatchCard, overCard } from './ended.ts';
import { previewCard } from './preview.ts';

/** The card that shows a change as it stands. `next` is the fresh preview that a conflict led to. */
export function changeCard(change: Change, next?: Change): CardJson {
  switch (change.status) {
    case 'pending':
      return previewCard(change);
    case 'applying':
      return applyingCard(change);
    case 'applied':
      return appliedCard(change);
    case 'mismatch':
      return mismatchCard(change);
    case 'failed':
      return failedCard(change);
    case 'conflicted':
      return conflictCard(change, next);
    case 'cancelled':
    case 'expired':
      return overCard(change);
  }
}

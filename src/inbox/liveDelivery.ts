import type { IncomingDelivery } from '../domain/delivery.ts';
import { errorMessage } from '../lib/errorMessage.ts';
import { type AttemptParts, again, handled } from './attempt.ts';
import type { Ending } from './endings.ts';
import type { Held } from './held.ts';
import { partiesOf } from './turns.ts';

/** A delivery that is worked on outside the inbox, because somebody waits for its answer. */
export interface LiveDelivery {
  finish(): Promise<void>;
  /** To be called before anything is promised: from then on not even a crash of the machine loses it. Never rejects. */
  secure(): Promise<void>;
  /** Leaves it to the inbox to try again. */
  retry(error: unknown): Promise<void>;
}

export interface LiveParts extends AttemptParts {
  held: Held;
  leaseMs: number;
}

/** Holds a delivery, which is stored as this worker's, until it has ended one way or the other. */
export function holdLive(parts: LiveParts, { requestKey, delivery }: IncomingDelivery): LiveDelivery {
  const { store, clock, logger, metrics, worker, endings, held, leaseMs } = parts;
  const startedAt = clock.elapsed();
  let release = (): void => undefined;
  held.hold(
    requestKey,
    new Promise((resolve) => {
      release = resolve;
    }),
  );
  const end = (ending: Ending): Promise<void> => endings.store(requestKey, ending).then(release);
  return {
    async finish() {
      await end(() => parts.finish(requestKey));
      handled(parts, delivery, startedAt);
    },
    secure: () =>
      store.inbox.renew([requestKey], worker, clock.now() + leaseMs).catch((error: unknown) => {
        logger.error({ delivery: requestKey, reason: errorMessage(error) }, 'a delivery could not be secured');
      }),
    async retry(error) {
      metrics.handled(delivery.kind, 'retried');
      await again(parts, { requestKey, attempts: 1, ...partiesOf(delivery) }, error);
      release();
    },
  };
}

import { type Phrase, phrase } from '../lib/phrase.ts';
import type { Subject } from './subject.ts';

/**
 * Lets the bot try again what was set aside; gives what to say about it. Rejects with a DatabaseUnavailable. Times are
 * those of the database server, where it has any: replicas go by them.
 */
export async function retrySetAside({ database, clock }: Pick<Subject, 'database' | 'clock'>): Promise<Phrase> {
  const found = await database();
  // An older database has nothing that was set aside.
  if (found.kind === 'absent' || found.pending.length > 0) return said(0);
  const now = (await found.store.now()) ?? clock.now();
  return said(await found.store.inbox.retrySetAside(now));
}

const said = (count: number): Phrase =>
  count === 0
    ? phrase('没有被搁置的请求。', 'Nothing was set aside.')
    : phrase(
        `${count} 个被搁置的请求将重新处理；机器人不在运行时，下次启动后处理。`,
        `${count} set aside will be tried again: now, or with the next start where no bot is running.`,
      );

import { toast } from '../cards/kit.ts';
import { type ConnectingApp, discover } from '../feishu/connection/discovery.ts';
import { PATIENCE } from '../feishu/connection/longConnection.ts';
import { type Receive, startSession } from '../feishu/connection/session.ts';
import { DEFAULT_SETTINGS } from '../feishu/connection/settings.ts';
import { openSocket } from '../feishu/connection/socket.ts';
import { FeishuError } from '../feishu/errors.ts';
import type { Http } from '../feishu/http.ts';
import type { Clock } from '../lib/clock.ts';
import { phrase } from '../lib/phrase.ts';
import { CARD_ACTION, trustedEvent } from './envelope.ts';

/**
 * Opens one more long connection of the app, for a moment, and resolves with what closes it when Feishu has answered a
 * ping. Rejects with a FeishuError. Those of a running bot go on beside it: an app may have 50.
 */
export async function openTemporarily(
  app: ConnectingApp,
  http: Http,
  clock: Clock,
  patience = PATIENCE,
): Promise<() => Promise<void>> {
  const found = await discover(http, app, DEFAULT_SETTINGS);
  const socket = await openSocket(found.url, patience.openMs, clock);
  return new Promise((resolve, reject) => {
    const session = startSession({
      ...found,
      socket,
      pongMs: patience.pongMs,
      clock,
      receive: leaveToOthers,
      onPong: () =>
        resolve(async () => {
          await session.drain();
          session.close();
          await session.ended;
        }),
    });
    void session.ended.then(() => reject(new FeishuError('no-answer', 'the long connection is open, but silent')));
  });
}

/** Feishu gives each event to one connection, whichever it may be: what comes here is not for whoever opened it. */
const leaveToOthers: Receive = async (body) => {
  if (trustedEvent(body)?.eventType !== CARD_ACTION) throw new Error('to be sent again');
  return { body: { toast: toast('warning', PRESS_AGAIN) }, afterwards: async () => undefined };
};

const PRESS_AGAIN = phrase('正在检查机器人的连接，请再点一次。', 'The bot’s connection is being checked; press again.');

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PEOPLE } from 'local-feishu';
import { buttonCard, postCard, type Stage, setUp } from '../../local-feishu/test/tinyBot.ts';
import { isForBot } from '../../src/commands/handling/handleMessage.ts';
import type { IncomingDelivery } from '../../src/domain/delivery.ts';
import { createHttp, type Http } from '../../src/feishu/http.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { NO_METRICS } from '../../src/lib/metrics.ts';
import type { AnswerCallback } from '../../src/transport/callback.ts';
import { createIntake } from '../../src/transport/intake.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { websocketTransport } from '../../src/transport/websocket.ts';
import { QUICK } from '../support/feishu.ts';
import { type CapturedLogs, captureLogs } from '../support/logs.ts';
import { BOT, deepJson } from './samples.ts';

let stage: Stage;
let http: Http;
let transport: Transport;
let logs: CapturedLogs;
/** What got into the inbox, and the clicks. */
let accepted: IncomingDelivery[];
let accept: (keyed: IncomingDelivery) => Promise<void>;
let answerCallback: AnswerCallback;
/** A moment that is no other one. */
const clock = { ...systemClock, elapsed: () => 4_711 };

beforeEach(async () => {
  // On a long connection the token stays empty.
  stage = await setUp({ credentials: { verificationToken: '' }, retryDelaysMs: [5, 5] });
  logs = captureLogs();
  http = createHttp(QUICK, { clock: systemClock, random: () => 0.5 });
  accepted = [];
  accept = async (keyed) => void accepted.push(keyed);
  answerCallback = async (keyed) => {
    accepted.push(keyed);
    return { body: {}, afterwards: async () => undefined };
  };
  const refuse = async (): Promise<never> => {
    throw new Error('a transport has no business with this');
  };
  const inbox = { acceptLive: refuse, stop: refuse, wake: () => undefined, start: () => undefined };
  const { appId, appSecret } = stage.feishu.credentials;
  transport = websocketTransport({
    app: { appId, appSecret, baseUrl: stage.feishu.url },
    http,
    intake: createIntake({
      inbox: { ...inbox, accept: (keyed) => accept(keyed) },
      answerCallback: (keyed, receivedAt) => answerCallback(keyed, receivedAt),
      clock,
      logger: logs.logger,
      trace: logs.trace,
      metrics: NO_METRICS,
      placeClick: async () => undefined,
      self: () => BOT,
      isForBot,
    }),
    clock,
    random: () => 0,
    logger: logs.logger,
  });
  transport.start();
  await stage.feishu.useLongConnection();
});
afterEach(async () => {
  await transport.stop();
  http.close();
  await stage.close();
  expect(stage.bot.received).toEqual([]);
});

const ends = (eventId: string) =>
  stage.feishu.deliveries.waitFor((entry) => entry.eventId === eventId && entry.nextAttemptAt === undefined);

describe('over a long connection', () => {
  it('a message is taken in as over HTTP, whatever its verification token', async () => {
    const { eventId, messageId } = await stage.feishu.say('admin', 'p2p', '/skill list');
    expect(await ends(eventId)).toMatchObject({ attempt: 1, status: 200 });
    expect(accepted).toMatchObject([
      {
        requestKey: `message:${messageId}`,
        delivery: { kind: 'message', chatType: 'p2p', actorId: PEOPLE.admin.openId, text: '/skill list' },
      },
    ]);
  });

  it('a message that cannot be stored comes again', async () => {
    accept = async () => {
      accept = async (keyed) => void accepted.push(keyed);
      throw new Error('database is locked');
    };
    const { eventId } = await stage.feishu.say('admin', 'p2p', '/skill list');
    await stage.feishu.deliveries.waitFor((entry) => entry.eventId === eventId && entry.status === 200);
    expect(stage.feishu.deliveries.of(eventId).map(({ status }) => status)).toEqual([500, 200]);
    expect(accepted).toHaveLength(1);
    expect(logs.lines()).toContainEqual(
      expect.objectContaining({ level: 50, reason: 'database is locked', msg: 'a delivery could not be taken in' }),
    );
  });

  it('a click is answered with what the callback says, and has its own token', async () => {
    const messageId = await postCard(stage, buttonCard('change.confirm'));
    const card = buttonCard('change.undo');
    let receivedAt = 0;
    answerCallback = async (keyed, at) => {
      receivedAt = at;
      accepted.push(keyed);
      const shown = { type: 'success' as const, content: '好', i18n: { zh_cn: '好', en_us: 'Good' } };
      return { body: { toast: shown, card: { type: 'raw', data: card } }, afterwards: async () => undefined };
    };
    const outcome = await stage.feishu.click('admin', messageId, { action: 'change.confirm' });
    expect(outcome).toMatchObject({ status: 'ok', toast: { content: '好' }, card });
    expect(accepted).toMatchObject([
      { requestKey: `action:${outcome.eventId}`, delivery: { kind: 'card-action', token: outcome.updateToken } },
    ]);
    expect(receivedAt).toBe(clock.elapsed());
  });

  it('a click is answered when there is nothing to say, too: without data it would show an error', async () => {
    const messageId = await postCard(stage, buttonCard('change.confirm'));
    const outcome = await stage.feishu.click('admin', messageId, { action: 'change.confirm' });
    expect(outcome).toMatchObject({ status: 'ok' });
    expect(outcome.card).toBeUndefined();
    stage.feishu.credentials.appId = 'cli_ffffffffffffffff';
    expect(await stage.feishu.click('admin', messageId, { action: 'change.confirm' })).toMatchObject({ status: 'ok' });
    expect(accepted).toHaveLength(1);
  });

  it('a click that cannot be stored fails', async () => {
    const messageId = await postCard(stage, buttonCard('change.confirm'));
    answerCallback = async () => {
      throw new Error('database is locked');
    };
    expect(await stage.feishu.click('admin', messageId, { action: 'change.confirm' })).toMatchObject({
      status: 'error',
      code: 200671,
    });
  });

  it.each(['im.message.message_read_v1', 'contact.user.created_v3', 'im.chat.disbanded_v1'])(
    '%s, which is of no interest, is acknowledged',
    async (event_type) => {
      const { eventId } = await stage.feishu.replay({ header: { event_type }, event: { token: 'x' } });
      expect(await ends(eventId)).toMatchObject({ attempt: 1, status: 200 });
      expect(accepted).toEqual([]);
    },
  );

  it('what is no event of Feishu is acknowledged, too: it would come again as it is', async () => {
    const { eventId } = await stage.feishu.replay(
      { header: { event_type: 'x', event_id: '' }, event: { secret: 'VERY private' } },
      { asIs: true },
    );
    expect(await ends(eventId)).toMatchObject({ attempt: 1, status: 200 });
    expect(logs.lines()).toContainEqual(expect.objectContaining({ level: 40, msg: 'a frame that is no event' }));
    expect(logs.text()).not.toContain('VERY private');
  });

  it('what is of another app is acknowledged, and not taken in', async () => {
    stage.feishu.credentials.appId = 'cli_ffffffffffffffff';
    const { eventId } = await stage.feishu.say('admin', 'p2p', '/skill list');
    expect(await ends(eventId)).toMatchObject({ attempt: 1, status: 200 });
    expect(accepted).toEqual([]);
    expect(logs.lines()).toContainEqual(expect.objectContaining({ level: 40, reason: 'other_app' }));
  });

  it.each(['arrays', 'objects'] as const)('what is nested too deep, as %s, is answered', async (of) => {
    const messageId = await postCard(stage, buttonCard('change.confirm'));
    const action = { tag: 'button', value: JSON.parse(deepJson(1_000, of)) };
    const outcome = await stage.feishu.clickRaw('admin', messageId, action);
    expect(outcome).toMatchObject({ status: 'ok', toast: { type: 'error' } });
    const { eventId } = await stage.feishu.replay({
      header: { event_type: 'im.chat.member.bot.added_v1' },
      event: { chat_id: 'oc_1', more: JSON.parse(deepJson(1_000, of)) },
    });
    expect(await ends(eventId)).toMatchObject({ attempt: 1, status: 200 });
    expect(accepted).toEqual([]);
    expect(logs.lines()).toContainEqual(expect.objectContaining({ level: 40, reason: 'too_deep' }));
  });

  it('is ready while it is connected, and has nothing on the HTTP server', async () => {
    expect([transport.problem(), transport.routers]).toEqual([undefined, []]);
    await transport.stop();
    expect(transport.problem()).toBe('was lost, and is being made again');
  });
});

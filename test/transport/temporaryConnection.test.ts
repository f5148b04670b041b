import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buttonCard, postCard, type Stage, setUp } from '../../local-feishu/test/tinyBot.ts';
import { createHttp, type Http } from '../../src/feishu/http.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openTemporarily } from '../../src/transport/temporaryConnection.ts';
import { failureOf, QUICK } from '../support/feishu.ts';
import { until } from '../support/until.ts';

let stage: Stage;
let http: Http;

beforeEach(async () => {
  stage = await setUp({ retryDelaysMs: [5] });
  http = createHttp({ ...QUICK, retries: 0 }, { clock: systemClock, random: () => 0.5 });
});
afterEach(async () => {
  http.close();
  await stage.close();
});

const open = () => {
  const { appId, appSecret } = stage.feishu.credentials;
  return openTemporarily({ appId, appSecret, baseUrl: stage.feishu.url }, http, systemClock);
};

describe('a long connection for a moment', () => {
  it('is open when Feishu has answered, and gone when it is closed', async () => {
    const close = await open();
    expect(stage.feishu.longConnections.count()).toBe(1);
    await close();
    await until(() => stage.feishu.longConnections.count() === 0);
  });

  it('has what comes meanwhile sent again, and a click pressed again', async () => {
    const messageId = await postCard(stage, buttonCard('change.confirm'));
    const close = await open();
    await stage.feishu.useLongConnection();
    const { eventId } = await stage.feishu.say('admin', 'p2p', 'hello');
    await until(() =>
      stage.feishu.deliveries.of(eventId).some(({ nextAttemptAt, status }) => status && !nextAttemptAt),
    );
    expect(stage.feishu.deliveries.of(eventId).map(({ status }) => status)).toEqual([500, 500]);
    expect(await stage.feishu.click('admin', messageId, { action: 'change.confirm' })).toMatchObject({
      status: 'ok',
      toast: { type: 'warning', i18n: { en_us: expect.stringContaining('press again') } },
    });
    await close();
  });

  it('is refused as any other', async () => {
    stage.feishu.credentials.appSecret = 'another';
    const { appId } = stage.feishu.credentials;
    const opening = openTemporarily({ appId, appSecret: 'x', baseUrl: stage.feishu.url }, http, systemClock);
    expect(await failureOf(opening)).toMatchObject({ kind: 'app-credentials', code: 514 });
  });
});

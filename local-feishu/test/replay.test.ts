import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ReplayEvent } from '../src/index.ts';
import { systemRandom } from '../src/random.ts';
import { replayIntoBot } from '../src/replay/intoBot.ts';
import { replayIntoLocalFeishu } from '../src/replay/intoLocalFeishu.ts';
import { at, buttonCard, postCard, type Stage, setUp } from './tinyBot.ts';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
const sample = async (name: string): Promise<ReplayEvent> => JSON.parse(await readFile(`${SAMPLES}${name}`, 'utf8'));

let stage: Stage;
let printed: string;
const write = (text: string) => {
  printed += text;
};
beforeEach(async () => {
  stage = await setUp();
  printed = '';
});
afterEach(() => stage.close());

const idOf = (body: unknown) => at(body, 'event.message.message_id');

describe('replay', () => {
  it('sends a message signed and encrypted, under new ids, as often as wanted', async () => {
    const { feishu, bot } = stage;
    const event = await sample('message.json');
    const first = await feishu.replay(event);
    const second = await feishu.replay(event);
    await feishu.deliveries.waitFor(({ eventId }) => eventId === first.eventId);
    await feishu.deliveries.waitFor(({ eventId }) => eventId === second.eventId);
    const [one, two] = bot.received;
    expect([one?.signatureOk, two?.signatureOk]).toEqual([true, true]);
    expect(at(one?.body, 'header.token')).toBe(feishu.credentials.verificationToken);
    expect(new Set([idOf(one?.body), idOf(two?.body), idOf(event)]).size).toBe(3);
    expect(feishu.messages('p2p:admin')).toMatchObject([
      { messageId: idOf(one?.body), content: '{"text":"/skill show VIP"}' },
      { messageId: idOf(two?.body) },
    ]);
  });

  it('keeps ids and times when told so', async () => {
    const { feishu, bot } = stage;
    const event = await sample('mention.json');
    const { eventId } = await feishu.replay(event, { asIs: true });
    await feishu.deliveries.waitFor((entry) => entry.eventId === eventId);
    expect(eventId).toBe(event.header.event_id);
    expect(at(bot.received[0]?.body, 'event')).toEqual(event.event);
    expect(feishu.messages('group')[0]?.mentions).toMatchObject([{ name: '王五', kind: 'user' }]);
  });

  it('clicks again on a card that is still there, and says so when it is not', async () => {
    const { feishu, bot } = stage;
    const messageId = await postCard(stage, buttonCard('x'));
    await feishu.click('admin', messageId, { action: 'x' });
    const recorded = feishu.deliveries.all().at(-1)?.body;
    const event: ReplayEvent = Object(recorded);
    const { outcome } = await feishu.replay(event);
    expect(outcome).toMatchObject({ status: 'ok' });
    expect(at(bot.received[1]?.body, 'event.action')).toEqual(at(bot.received[0]?.body, 'event.action'));
    const gone = { ...event, event: { ...event.event, context: { open_message_id: 'om_gone' } } };
    await expect(feishu.replay(gone)).rejects.toThrow('the card om_gone is not in this local Feishu');
  });

  it('refuses a message in a chat that is not here', async () => {
    const event = await sample('message.json');
    const elsewhere = { ...event.event, message: { ...Object(event.event.message), chat_id: 'oc_elsewhere' } };
    await expect(stage.feishu.replay({ ...event, event: elsewhere })).rejects.toThrow('no chat oc_elsewhere');
  });

  it.each(['message.json', 'mention.json', 'direct-chat-opened.json'])('has a sample that works: %s', async (name) => {
    expect(await readdir(SAMPLES)).toContain(name);
    const { eventId } = await stage.feishu.replay(await sample(name));
    const { status } = await stage.feishu.deliveries.waitFor((entry) => entry.eventId === eventId);
    expect(status).toBe(200);
  });
});

describe('npm run replay', () => {
  it('prints the delivery, the calls and the cards that came of it', async () => {
    stage.bot.answer = async () => {
      await postCard(stage, buttonCard('x'), stage.feishu.chats.p2p.admin.chatId);
      return {};
    };
    const event = await sample('message.json');
    await replayIntoLocalFeishu({ event, asIs: false, language: 'en_us', url: stage.feishu.url, write });
    expect(printed).toMatch(/^im\.message\.receive_v1 [0-9a-f]{32} → 200 \(\d+ ms\)\n/);
    expect(printed).toMatch(/POST \/open-apis\/im\/v1\/messages → 200, code 0/);
    expect(printed).toMatch(/\nom_[0-9a-f]+\n {2}│ \[orange\] A change\n[\s\S]*\( Confirm \)/);
  });

  it('says how to start a local Feishu when there is none', async () => {
    const event = await sample('message.json');
    const asked = { event, asIs: false, language: 'en_us', url: 'http://127.0.0.1:9', write } as const;
    await expect(replayIntoLocalFeishu(asked)).rejects.toThrow('start one with npm start');
  });

  it('takes a blank variable for none', async () => {
    const replay = fileURLToPath(new URL('../../dist/replay.js', import.meta.url));
    const env = { PORT: '8', SANDBOX_URL: ' ', REPLAY_URL: ' ', FEISHU_ENCRYPT_KEY: '' };
    const run = promisify(execFile)(process.execPath, [replay, `${SAMPLES}message.json`], { env, cwd: tmpdir() });
    await expect(run).rejects.toMatchObject({ stderr: expect.stringContaining('start one with npm start') });
  });

  it('posts to any running bot with its key and token, and prints the answer', async () => {
    const { encryptKey, verificationToken, appId } = stage.feishu.credentials;
    const event = await sample('message.json');
    const asked = { event, asIs: false, language: 'en_us', url: `${stage.bot.url}/events`, write } as const;
    await replayIntoBot({ ...asked, encryptKey, verificationToken, appId, random: systemRandom });
    expect(printed).toContain('→ 200');
    const [received] = stage.bot.received;
    expect(received?.signatureOk).toBe(true);
    expect(at(received?.body, 'header')).toMatchObject({ token: verificationToken, app_id: appId });
    expect(idOf(received?.body)).not.toBe(idOf(event));
    stage.bot.answer = () => ({ status: 401 });
    await expect(
      replayIntoBot({ ...asked, encryptKey, verificationToken, appId, random: systemRandom }),
    ).rejects.toThrow('HTTP 401');
  });
});

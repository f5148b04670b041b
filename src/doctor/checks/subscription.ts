import type { WantedSubscription } from '../../config/manifest.ts';
import type { SubscriptionState } from '../../feishu/application.ts';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import { type Check, type Finding, failed, ok, skipped, together, warning } from '../check.ts';
import type { Subject } from '../subject.ts';

/** Without these nobody is answered. */
const GRAVE: ReadonlySet<string> = new Set(['im.message.receive_v1', 'card.action.trigger']);

const EVENTS = phrase('事件', 'Events');
const CALLBACKS = phrase('回调', 'Callbacks');

/** Feishu sends what the bot handles, in the way and to the place where the bot takes it. */
export const subscription: Check = {
  name: 'subscription',
  title: phrase('事件与回调', 'Events and callbacks'),
  needs: ['credentials'],
  variables: ['FEISHU_TRANSPORT', 'PUBLIC_URL', 'FEISHU_VERIFICATION_TOKEN', 'FEISHU_ENCRYPT_KEY'],
  async run(subject) {
    const { wanted } = subject;
    const app = await subject.application();
    const { events, callbacks } = app;
    if (events.items === undefined && callbacks.items === undefined) {
      return skipped(
        'unreadable',
        phrase('飞书没有告诉应用它的订阅。', 'Feishu does not tell the app what it subscribes to.'),
      );
    }
    const problems = [
      ...compare(subject, EVENTS, wanted.events, events),
      ...compare(subject, CALLBACKS, wanted.callbacks, callbacks),
      ...compareKeys(subject, app),
    ];
    const { mode, url } = wanted.events;
    return together(
      problems,
      ok(
        phrase(
          `已订阅，方式 ${mode}${url ? `，地址 ${url}` : ''}。`,
          `Subscribed, by ${mode}${url ? ` to ${url}` : ''}.`,
        ),
      ),
    );
  },
};

const again = (subject: Subject): Phrase => {
  const page = `${subject.pages.baseUrl}/app/${subject.pages.appId}/event`;
  return phrase(
    `运行 npm run setup，或在“事件与回调”中改正：${page}。`,
    `Run npm run setup, or correct it under "Events & Callbacks": ${page}.`,
  );
};

function compare(subject: Subject, what: Phrase, wanted: WantedSubscription, state: SubscriptionState): Finding[] {
  const problems: Finding[] = [];
  const remedy = again(subject);
  const differs = (code: string, thing: Phrase, is: string | undefined, shouldBe: string | undefined): void => {
    if (is === undefined || shouldBe === undefined || is === shouldBe) return;
    const says = phrase(
      `${what.zh}${thing.zh}是 ${is}，应为 ${shouldBe}。`,
      `${what.en}: the ${thing.en} is ${is} instead of ${shouldBe}.`,
    );
    problems.push(failed(code, says, remedy));
  };
  differs('wrong_mode', phrase('订阅方式', 'way of delivery'), state.mode, wanted.mode);
  differs('wrong_address', phrase('请求地址', 'address'), state.url, wanted.url);
  const missing = state.items === undefined ? [] : wanted.items.filter((name) => !state.items?.includes(name));
  if (missing.length > 0) {
    const says = phrase(
      `没有订阅${what.zh}：${missing.join('、')}。`,
      `${what.en} that are not subscribed to: ${missing.join(', ')}.`,
    );
    const grave = missing.some((name) => GRAVE.has(name));
    problems.push(grave ? failed('not_subscribed', says, remedy) : warning('not_subscribed', says, remedy));
  }
  return problems;
}

/** A key that differs makes the bot refuse every delivery. */
function compareKeys(
  subject: Subject,
  app: { encryptKey: string | undefined; verificationToken: string | undefined },
): Finding[] {
  const { security } = subject.wanted;
  const differs = (is: string | undefined, shouldBe: string | undefined): boolean =>
    security !== undefined && is !== undefined && is !== shouldBe;
  const names = [
    ...(differs(app.verificationToken, security?.verificationToken) ? ['FEISHU_VERIFICATION_TOKEN'] : []),
    ...(differs(app.encryptKey, security?.encryptKey) ? ['FEISHU_ENCRYPT_KEY'] : []),
  ];
  if (names.length === 0) return [];
  const list = names.join(', ');
  return [
    failed(
      'wrong_key',
      phrase(`${list} 与应用“加密策略”里的不同。`, `Not what the app has under "Encryption Strategy": ${list}.`),
      again(subject),
    ),
  ];
}

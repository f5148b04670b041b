import { z } from 'zod';
import type { LocalFeishu } from '../handle.ts';
import type { Joined } from '../plugin.ts';
import { type Act, act } from './act.ts';
import * as bodies from './bodies.ts';

const { given } = bodies;

/** Settings of the core and of the plug-ins alike. */
const settingsBodyOf = (joined: readonly Joined<object>[]) =>
  z.strictObject(Object.assign({ ...bodies.settingsShape }, ...joined.map(({ settings }) => settings))).partial();

/** What can be done over HTTP, by the last part of the path. */
export const actsOn = (feishu: LocalFeishu, joined: readonly Joined<object>[]): Record<string, Act> => ({
  say: act(bodies.sayBody, ({ as, chat, text, kind, reply_to }) =>
    feishu.say(as, chat, text, given({ kind, replyTo: reply_to })),
  ),
  click: act(bodies.clickBody, (body) => {
    const { as, message_id, option, input_value, form_value, ...target } = body;
    return feishu.click(
      as,
      message_id,
      given(target),
      given({ option, inputValue: input_value, formValue: form_value }),
    );
  }),
  login: act(bodies.loginBody, ({ as, url, decision }) => feishu.login(as, url, decision)),
  connect: act(bodies.connectBody, async ({ event_url, card_url }) => {
    await feishu.connect({ eventUrl: event_url, ...given({ cardUrl: card_url }) });
    return feishu.settings;
  }),
  'open-bot': act(bodies.personBody, async ({ as }) => ({ event_id: await feishu.openBot(as) })),
  menu: act(bodies.menuBody, async ({ as, event_key }) => ({ event_id: await feishu.menu(as, event_key) })),
  revoke: act(bodies.revokeBody, async ({ as, what }) => ({ event_id: await feishu.revoke(as, what) })),
  'withdraw-scope': act(bodies.withdrawBody, ({ as, scope }) => {
    feishu.withdrawScope(as, scope);
    return feishu.tokenState(as);
  }),
  'expire-token': act(bodies.expireBody, ({ as, token }) => {
    if (token === 'tenant') feishu.expireTenantToken();
    else if (token === 'access') feishu.expireAccessToken(as);
    else feishu.expireRefreshToken(as);
    return feishu.tokenState(as);
  }),
  replay: act(bodies.replayBody, ({ event, as_is }) => feishu.replay(event, { asIs: as_is })),
  recall: act(bodies.recallBody, ({ message_id }) => {
    feishu.recall(message_id);
    return feishu.message(message_id);
  }),
  redeliver: act(bodies.redeliverBody, async ({ event_id, new_event_id }) => {
    await feishu.redeliver(event_id, { newEventId: new_event_id });
    return feishu.deliveries.all().at(-1);
  }),
  settings: act(settingsBodyOf(joined), (body) => Object.assign(feishu.settings, given(body))),
  scan: act(bodies.scanBody, ({ url, decision }) => {
    feishu.scan(url, decision);
    return feishu.settings;
  }),
  app: act(bodies.appBody, ({ version }) => {
    if (version === 'approve') feishu.app.approve();
    else feishu.app.unpublish();
    return { online: feishu.app.online, in_review: feishu.app.inReview };
  }),
  faults: act(bodies.faultBody, (body) => {
    if (body.on === 'deliveries') feishu.faults.addDelivery(given({ ...body, kind: given(body.kind) }));
    else feishu.faults.add(given({ ...body, kind: given(body.kind) }));
    return { faults: feishu.faults.list() };
  }),
});

import type { z } from 'zod';
import type { Rule } from '../state/desk.ts';
import type { Sandbox } from '../types.ts';
import * as bodies from './controlBodies.ts';

const { given } = bodies;

export interface Act<Schema extends z.ZodType = z.ZodType> {
  schema: Schema;
  run(sandbox: Sandbox, body: unknown): unknown;
}

/** Checks the body before the act sees it; `run` throws a ZodError when it does not fit. */
const act = <Schema extends z.ZodType>(
  schema: Schema,
  run: (sandbox: Sandbox, body: z.infer<Schema>) => unknown,
): Act => ({
  schema,
  run: (sandbox, body) => run(sandbox, schema.parse(body)),
});

/** What can be done over HTTP, by the last part of the path. */
export const ACTS: Record<string, Act> = {
  say: act(bodies.sayBody, ({ say }, { as, chat, text, kind, reply_to }) =>
    say(as, chat, text, given({ kind, replyTo: reply_to })),
  ),
  click: act(bodies.clickBody, ({ click }, body) => {
    const { as, message_id, option, input_value, form_value, ...target } = body;
    return click(as, message_id, given(target), given({ option, inputValue: input_value, formValue: form_value }));
  }),
  login: act(bodies.loginBody, ({ login }, { as, url, decision }) => login(as, url, decision)),
  connect: act(bodies.connectBody, async ({ connect, settings }, { event_url, card_url }) => {
    await connect({ eventUrl: event_url, ...given({ cardUrl: card_url }) });
    return settings;
  }),
  'open-bot': act(bodies.personBody, async ({ openBot }, { as }) => ({ event_id: await openBot(as) })),
  menu: act(bodies.menuBody, async ({ menu }, { as, event_key }) => ({ event_id: await menu(as, event_key) })),
  revoke: act(bodies.personBody, async ({ revoke }, { as }) => ({ event_id: await revoke(as) })),
  'expire-token': act(bodies.expireBody, (sandbox, { as, token }) => {
    if (token === 'tenant') sandbox.expireTenantToken();
    else if (token === 'access') sandbox.expireAccessToken(as);
    else sandbox.expireRefreshToken(as);
    return sandbox.tokenState(as);
  }),
  replay: act(bodies.replayBody, ({ replay }, { event, as_is }) => replay(event, { asIs: as_is })),
  recall: act(bodies.recallBody, ({ recall, message }, { message_id }) => {
    recall(message_id);
    return message(message_id);
  }),
  redeliver: act(bodies.redeliverBody, async ({ redeliver, deliveries }, { event_id, new_event_id }) => {
    await redeliver(event_id, { newEventId: new_event_id });
    return deliveries.all().at(-1);
  }),
  settings: act(bodies.settingsBody, ({ settings }, body) => Object.assign(settings, given(body))),
  scan: act(bodies.scanBody, ({ scan, settings }, { url, decision }) => {
    scan(url, decision);
    return settings;
  }),
  app: act(bodies.appBody, ({ app }, { version }) => {
    if (version === 'approve') app.approve();
    else app.unpublish();
    return { online: app.online, in_review: app.inReview };
  }),
  'edit-skill': act(bodies.editSkillBody, ({ desk }, { id, name, agent_ids, rules }) => {
    desk.edit(id, (skill) => {
      skill.name = name ?? skill.name;
      skill.agentIds = agent_ids ?? skill.agentIds;
      skill.rules = rules?.map(toRule) ?? skill.rules;
    });
    return desk.skill(id);
  }),
  faults: act(bodies.faultBody, ({ faults }, body) => {
    if (body.on === 'deliveries') faults.addDelivery(given({ ...body, kind: given(body.kind) }));
    else faults.add(given({ ...body, kind: given(body.kind) }));
    return { faults: faults.list() };
  }),
};

function toRule(rule: NonNullable<z.infer<typeof bodies.editSkillBody>['rules']>[number]): Rule {
  const { id, selected_operator: selectedOperator, operator_options: operatorOptions, operand } = rule;
  return { id, selectedOperator, operatorOptions, ...(operand === undefined ? {} : { operand }) };
}

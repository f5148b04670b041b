import { z } from 'zod';
import { OpenId, SkillId } from '../skills/ids.ts';
import { Rule, type Skill, type SkillContent, type SkillSummary } from '../skills/skill.ts';
import { type CallOptions, Done, type FeishuClient, type Send, type Sender } from './client.ts';

/** What came of a write: Feishu's log id, for the history. */
export interface Written {
  logId: string | undefined;
}

/** The fields of a skill to be written; what is left out may be kept or cleared (undocumented). */
export type SkillPatch = Partial<SkillContent>;

/** A condition the tenant offers, and the operators it can be used with. */
export type RuleOption = Rule;

/** The helpdesk API (helpdesk-v1/agent_skill). Every call rejects with a FeishuError. */
export interface Helpdesk {
  getSkill(id: SkillId): Promise<Skill>;
  listSkills(): Promise<SkillSummary[]>;
  listRuleOptions(): Promise<RuleOption[]>;
  /** Every agent of the desk with their mail address. */
  agentEmails(): Promise<Map<OpenId, string>>;
  patchSkill(sender: Sender, id: SkillId, patch: SkillPatch): Promise<Written>;
  createSkill(sender: Sender, content: SkillContent): Promise<Written & { id: SkillId }>;
  deleteSkill(sender: Sender, id: SkillId): Promise<Written>;
}

export function createHelpdesk(client: FeishuClient, desk: { id: string; token: string }): Helpdesk {
  // Exactly base64(id:token), without the "Bearer " that the SDK's helper puts before it (helpdesk-v1 guide).
  const headers = {
    'X-Lark-Helpdesk-Authorization': Buffer.from(`${desk.id}:${desk.token}`).toString('base64'),
  };

  return {
    async getSkill(id) {
      const path = { agent_skill_id: id };
      const { data } = await client.asApp(
        GetAnswer,
        (sdk, options) => sdk.helpdesk.v1.agentSkill.get({ path }, options),
        headers,
      );
      return data.data.agent_skill;
    },
    async listSkills() {
      const { data } = await client.asApp(
        ListAnswer,
        (sdk, options) => sdk.helpdesk.v1.agentSkill.list({}, options),
        headers,
      );
      return data.data.agent_skills;
    },
    async listRuleOptions() {
      const { data } = await client.asApp(
        RulesAnswer,
        (sdk, options) => sdk.helpdesk.v1.agentSkillRule.list({}, options),
        headers,
      );
      return data.data.rules;
    },
    async agentEmails() {
      const { data } = await client.asApp(
        EmailsAnswer,
        (sdk, options) => sdk.helpdesk.v1.agent.agentEmail({}, options),
        headers,
      );
      return data.data.agents;
    },
    async patchSkill(sender, id, patch) {
      const payload = { path: { agent_skill_id: id }, data: { agent_skill: wireSkill(patch, 'patch') } };
      const send = sending(payload, (sdk) => sdk.helpdesk.v1.agentSkill.patch);
      const { logId } = await client.asUser(Done, sender, send, headers);
      return { logId };
    },
    async createSkill(sender, content) {
      const send = sending({ data: wireSkill(content, 'create') }, (sdk) => sdk.helpdesk.v1.agentSkill.create);
      const { data, logId } = await client.asUser(CreateAnswer, sender, send, headers);
      return { id: data.data.agent_skill_id, logId };
    },
    async deleteSkill(sender, id) {
      const payload = { path: { agent_skill_id: id } };
      const { logId } = await client.asUser(
        Done,
        sender,
        (sdk, options) => sdk.helpdesk.v1.agentSkill.delete(payload, options),
        headers,
      );
      return { logId };
    },
  };
}

/** Rule fields that a write takes: `category` on create only, `operator_options` on patch only. */
const WRITABLE_RULE = {
  patch: Rule.pick({ id: true, selected_operator: true, operator_options: true, operand: true }),
  create: Rule.pick({ id: true, selected_operator: true, operand: true, category: true }),
};

const wireSkill = (skill: SkillPatch, call: keyof typeof WRITABLE_RULE) => ({
  ...skill,
  ...(skill.rules && { rules: skill.rules.map((rule) => WRITABLE_RULE[call].parse(rule)) }),
});

/** Null, where a list is documented, means none. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

/** A field that is null says as little as an absent one. */
const WireRule = z.preprocess(withoutNulls, Rule);

function withoutNulls(fields: unknown): unknown {
  if (typeof fields !== 'object' || fields === null) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

const summary = {
  id: SkillId,
  name: z
    .string()
    .nullish()
    .transform((name) => name ?? ''),
  agent_ids: listOf(OpenId),
  is_default: z
    .boolean()
    .nullish()
    .transform((flag) => flag ?? false),
};

const WireAgent = z
  .object({ id: OpenId, name: z.string().nullish() })
  .transform(({ id, name }) => ({ id, name: name ?? '' }));

const GetAnswer = z.object({
  data: z.object({ agent_skill: z.object({ ...summary, rules: listOf(WireRule), agents: listOf(WireAgent) }) }),
});

const ListAnswer = z.object({ data: z.object({ agent_skills: listOf(z.object(summary)) }) });

const RulesAnswer = z.object({ data: z.object({ rules: listOf(WireRule) }) });

const CreateAnswer = z.object({ data: z.object({ agent_skill_id: SkillId }) });

/** Typed as a string, shown as an object (helpdesk-v1/agent/agent_email): both are read. */
const Emails = z.preprocess(
  (value) => (typeof value === 'string' ? jsonOrText(value) : value),
  z.record(OpenId, z.string()).nullish(),
);

const EmailsAnswer = z.object({
  data: z.object({ agents: Emails.transform((emails) => new Map(typedEntries(emails ?? {}))) }),
});

const typedEntries = (emails: Record<string, string>): [OpenId, string][] =>
  Object.entries(emails).map(([id, email]) => [OpenId.parse(id), email]);

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The SDK types `operand` as a string and knows no other form; what is sent was read from Feishu or checked by the
 * domain, so the payload goes through as it is.
 */
function sending<P>(
  payload: object,
  callOf: (sdk: Parameters<Send>[0]) => (payload: P, options: CallOptions) => Promise<unknown>,
): Send {
  const untyped = z.custom<P>((value) => typeof value === 'object').parse(payload);
  return (sdk, options) => callOf(sdk)(untyped, options);
}

import { z } from 'zod';
import { SkillId } from '../domain/ids.ts';
import type { ListedSkills } from '../domain/listedSkills.ts';
import type { RuleOption } from '../domain/ruleChoice.ts';
import type { Rule, Skill, SkillContent } from '../domain/skill.ts';
import type { UnreadableSkill } from '../domain/unreadable.ts';
import { jsonOrText } from '../lib/json.ts';
import type { Logger } from '../lib/logger.ts';
import { type ListedAgents, readEmails, readSchedules } from './agentRows.ts';
import { type CallOptions, Done, type FeishuClient, type Send, type Sender } from './client.ts';
import { FeishuError } from './errors.ts';
import { listOf, readRule, readSkill, readSummaries } from './rows.ts';

/** What came of a write: Feishu's log id, for the history. */
export interface Written {
  logId: string | undefined;
}

/** The fields of a skill to be written; what is left out may be kept or cleared (undocumented). */
export type SkillPatch = Partial<SkillContent>;

/** What the desk offers as conditions, and how many of them cannot be read. */
export interface ListedRuleOptions {
  options: RuleOption[];
  unreadable: number;
}

/**
 * The helpdesk API (helpdesk-v1/agent_skill). Every call rejects with a FeishuError. Rows are read one by one: an odd one
 * never hides the others, and is itself never given as if it had been understood.
 */
export interface Helpdesk {
  /** Rejects with the kind `unreadable` when not all of it can be read for certain: it must not be written then. */
  getSkill(id: SkillId): Promise<Skill>;
  listSkills(): Promise<ListedSkills>;
  listRuleOptions(): Promise<ListedRuleOptions>;
  /** Every agent, with name, mail address, department, status and hours. */
  listAgents(): Promise<ListedAgents>;
  /** Every agent, with nothing but their mail address. */
  agentEmails(): Promise<ListedAgents>;
  patchSkill(sender: Sender, id: SkillId, patch: SkillPatch): Promise<Written>;
  createSkill(sender: Sender, content: SkillContent): Promise<Written & { id: SkillId }>;
  deleteSkill(sender: Sender, id: SkillId): Promise<Written>;
}

/** The logger gets what is known of rows that cannot be read, but nothing of what they hold. */
export function createHelpdesk(client: FeishuClient, desk: { id: string; token: string }, logger: Logger): Helpdesk {
  // Exactly base64(id:token), without the "Bearer " that the SDK's helper puts before it (helpdesk-v1 guide).
  const headers = {
    'X-Lark-Helpdesk-Authorization': Buffer.from(`${desk.id}:${desk.token}`).toString('base64'),
  };
  const read = <T extends z.ZodType>(schema: T, send: Send) => client.asApp(schema, send, headers);
  const warnUnreadable = (what: string, count: number, skills: readonly UnreadableSkill[] = []): void => {
    if (count === 0) return;
    const rows = skills.slice(0, MAX_ROWS_LOGGED).map(({ id, part }) => ({ id, part }));
    logger.warn({ what, count, ...(rows.length > 0 && { rows }) }, 'Feishu gave rows that cannot be read');
  };

  return {
    async getSkill(id) {
      const payload = { path: { agent_skill_id: id } };
      const { data, logId } = await read(GetAnswer, (sdk, options) => sdk.helpdesk.v1.agentSkill.get(payload, options));
      const found = readSkill(data.data.agent_skill);
      if (found.kind === 'read') {
        if (found.value.id === id) return found.value;
        throw new FeishuError('unexpected', 'another skill was given than was asked for', { logId });
      }
      const row = { ...found.row, id };
      warnUnreadable('skill', 1, [row]);
      throw new FeishuError('unreadable', row.part, { logId, skill: row });
    },
    async listSkills() {
      const { data } = await read(ListAnswer, (sdk, options) => sdk.helpdesk.v1.agentSkill.list({}, options));
      const listed = readSummaries(data.data.agent_skills);
      warnUnreadable('skills', listed.unreadable.length, listed.unreadable);
      return listed;
    },
    async listRuleOptions() {
      const { data } = await read(RulesAnswer, (sdk, options) => sdk.helpdesk.v1.agentSkillRule.list({}, options));
      const rows = data.data.rules.map(readRule);
      const options = rows.filter((rule) => rule !== undefined);
      const unreadable = rows.length - options.length;
      warnUnreadable('conditions', unreadable);
      return { options, unreadable };
    },
    async listAgents() {
      const { data } = await read(SchedulesAnswer, (sdk, options) =>
        sdk.helpdesk.v1.agentSchedule.list({ params: { status: EVERY_STATUS } }, options),
      );
      const listed = readSchedules(data.data.agent_schedules);
      warnUnreadable('agents', listed.unreadable);
      return listed;
    },
    async agentEmails() {
      const { data } = await read(EmailsAnswer, (sdk, options) => sdk.helpdesk.v1.agent.agentEmail({}, options));
      const listed = readEmails(data.data.agents);
      warnUnreadable('agents', listed.unreadable);
      return listed;
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
const wireRule = (rule: Rule, call: 'patch' | 'create') => ({
  id: rule.id,
  selected_operator: rule.selectedOperator,
  ...(call === 'patch' && { operator_options: rule.operatorOptions }),
  operand: rule.operand,
  ...(call === 'create' && { category: rule.category }),
});

const wireSkill = ({ name, rules, agentIds }: SkillPatch, call: 'patch' | 'create') => ({
  ...(name !== undefined && { name }),
  ...(rules && { rules: rules.map((rule) => wireRule(rule, call)) }),
  ...(agentIds && { agent_ids: [...new Set(agentIds)] }),
});

/** How many rows that cannot be read are named in the log each time. */
const MAX_ROWS_LOGGED = 5;

/** Each row is read by itself. */
const Rows = listOf(z.unknown());

const GetAnswer = z.object({ data: z.object({ agent_skill: z.unknown() }) });

const ListAnswer = z.object({ data: z.object({ agent_skills: Rows }) });

const RulesAnswer = z.object({ data: z.object({ rules: Rows }) });

/** Online, offline and off duty; 4 would give those who were removed (helpdesk-v1/agent_schedule/list). */
const EVERY_STATUS = [1, 2, 3];

const SchedulesAnswer = z.object({ data: z.object({ agent_schedules: Rows }) });

const CreateAnswer = z.object({ data: z.object({ agent_skill_id: SkillId }) });

/** Typed as a string, shown as an object (helpdesk-v1/agent/agent_email): both are read. */
const Emails = z.preprocess(
  (value) => (typeof value === 'string' ? jsonOrText(value) : value),
  z.record(z.string(), z.unknown()).nullish(),
);

const EmailsAnswer = z.object({ data: z.object({ agents: Emails.transform((emails) => emails ?? {}) }) });

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

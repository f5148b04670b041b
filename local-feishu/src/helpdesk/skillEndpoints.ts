import { z } from 'zod';
import type { RequestHeaders } from '../api/access.ts';
import { type Answer, failure, success } from '../api/answers.ts';
import type { ApiRequest, Endpoint } from '../api/endpoint.ts';
import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';
import type { Skill } from './desk.ts';
import type { DeskParts } from './deskEndpoints.ts';
import type { Effect, Effects } from './effects.ts';
import { deskRefusal } from './header.ts';
import { createSkillSchema, patchSkillSchema, type SkillFields, skillProblem, toRules } from './skillBodies.ts';
import { skillData, skillSummary } from './skillData.ts';

const BASE = '/open-apis/helpdesk/v1';
const NOT_FOUND = failure(404, 154004, 'Resource not found');
const NO_ACCESS = failure(403, 154003, 'Please check you have the correct access');

const badRequest = (detail: string): Answer =>
  failure(400, 154000, 'Bad request, please check your request body', { message: detail });

export interface HelpdeskParts extends DeskParts {
  clock: Clock;
  effects: Effects;
  ids: Ids;
}

/** Agent skills. Reads take the tenant token, writes the user token of somebody who manages the desk. */
export function skillEndpoints(parts: HelpdeskParts): Endpoint[] {
  const also = (headers: RequestHeaders) => deskRefusal(headers, parts);
  const reading = { token: 'tenant' as const, scopes: ['helpdesk:all:readonly', 'helpdesk:all'], also };
  const writing = { token: 'user' as const, scopes: ['helpdesk:all'], also };
  const one = `${BASE}/agent_skills/:agent_skill_id`;
  const all = `${BASE}/agent_skills`;
  const managed = (write: (request: ApiRequest) => Answer) => (request: ApiRequest) =>
    parts.desk.managers.has(request.userOpenId ?? '') ? write(request) : NO_ACCESS;
  const existing = (handle: (skill: Skill, request: ApiRequest) => Answer) => (request: ApiRequest) => {
    const skill = parts.desk.skill(request.params.agent_skill_id ?? '');
    return skill ? handle(skill, request) : NOT_FOUND;
  };
  const list = () => {
    const { skills, listed } = parts.settings.oddRows;
    const rows = parts.desk.skills().map((skill) => ({ ...skillSummary(skill), ...summaryOf(skills[skill.id]) }));
    return success({ agent_skills: [...rows, ...listed] });
  };
  return [
    { method: 'GET', route: all, needs: reading, handle: list },
    { method: 'GET', route: one, needs: reading, handle: existing((skill) => getSkill(parts, skill)) },
    { method: 'POST', route: all, needs: writing, handle: managed((request) => createSkill(parts, request)) },
    {
      method: 'PATCH',
      route: one,
      needs: writing,
      handle: managed(existing((skill, request) => patchSkill(parts, skill, request))),
    },
    {
      method: 'DELETE',
      route: one,
      needs: writing,
      handle: managed(existing((skill, request) => deleteSkill(parts, skill, request))),
    },
  ];
}

function getSkill({ desk, settings }: HelpdeskParts, skill: Skill): Answer {
  const odd = settings.oddRows.skills[skill.id];
  return success({ agent_skill: { ...skillData(desk, skill, settings.operandForm), ...odd } });
}

/** The list gives no rules. */
const summaryOf = (odd: Record<string, unknown> = {}): Record<string, unknown> =>
  Object.fromEntries(Object.entries(odd).filter(([field]) => field !== 'rules' && field !== 'agents'));

function createSkill(parts: HelpdeskParts, request: ApiRequest): Answer {
  const given = createSkillSchema.safeParse(request.body);
  if (!given.success) return badRequest(z.prettifyError(given.error));
  const problem = skillProblem(parts, given.data);
  if (problem) return badRequest(problem);
  // 19 digits: more than a double holds.
  const id = `69${parts.ids.digits(17)}`;
  const { name, agent_ids: agentIds = [], rules = [] } = given.data;
  parts.desk.add({ id, name, isDefault: false, agentIds, rules: toRules(parts.desk, rules) });
  recordEffect(parts, request, { method: 'POST', skillId: id, before: undefined });
  return success({ agent_skill_id: id });
}

function patchSkill(parts: HelpdeskParts, skill: Skill, request: ApiRequest): Answer {
  const given = patchSkillSchema.safeParse(request.body);
  if (!given.success) return badRequest(z.prettifyError(given.error));
  const fields = given.data.agent_skill;
  if (!fields) return success({});
  const problem = skillProblem(parts, fields);
  if (problem) return badRequest(problem);
  parts.desk.edit(skill.id, (stored) => write(parts, stored, fields));
  recordEffect(parts, request, { method: 'PATCH', skillId: skill.id, before: skill });
  return success({});
}

/** The documents do not say what becomes of absent fields: `whenAbsent` decides. */
function write({ desk, settings }: HelpdeskParts, skill: Skill, fields: SkillFields): void {
  const isCleared = settings.whenAbsent === 'clear';
  skill.name = fields.name ?? (isCleared ? '' : skill.name);
  skill.agentIds = fields.agent_ids ?? (isCleared ? [] : skill.agentIds);
  skill.rules = fields.rules ? toRules(desk, fields.rules) : isCleared ? [] : skill.rules;
}

function deleteSkill(parts: HelpdeskParts, skill: Skill, request: ApiRequest): Answer {
  if (skill.isDefault) return badRequest('the default skill cannot be deleted');
  parts.desk.remove(skill.id);
  recordEffect(parts, request, { method: 'DELETE', skillId: skill.id, before: skill });
  return success({});
}

function recordEffect(
  { clock, desk, effects }: HelpdeskParts,
  { callSeq, userOpenId = '', body, headers }: ApiRequest,
  effect: Pick<Effect, 'method' | 'skillId' | 'before'>,
): void {
  const now = { at: clock.now(), after: desk.skill(effect.skillId) };
  const requestId = headers['x-request-id'];
  const named = typeof requestId === 'string' ? { requestId } : {};
  effects.add({ ...effect, ...now, ...named, callSeq, userOpenId, requestBody: body });
}

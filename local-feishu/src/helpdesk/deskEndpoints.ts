import type { RequestHeaders } from '../api/access.ts';
import { failure, success } from '../api/answers.ts';
import type { Endpoint } from '../api/endpoint.ts';
import type { Desk, DeskAgent, WorkingHours } from './desk.ts';
import { type DeskCredentials, deskRefusal } from './header.ts';
import type { DeskSettings } from './settings.ts';
import { skillSummary } from './skillData.ts';

const BASE = '/open-apis/helpdesk/v1';
const ONLINE = 1;
const ROUND_THE_CLOCK: readonly WorkingHours[] = [{ startTime: '00:00', endTime: '24:00', weekday: 9 }];

export interface DeskParts {
  desk: Desk;
  settings: DeskSettings;
  credentials: DeskCredentials;
}

/** What the desk offers besides its skills: rule options, mail addresses of agents, schedules. */
export function deskEndpoints({ desk, settings, credentials }: DeskParts): Endpoint[] {
  const needs = {
    token: 'tenant' as const,
    scopes: ['helpdesk:all:readonly', 'helpdesk:all'],
    also: (headers: RequestHeaders) => deskRefusal(headers, { credentials, settings }),
  };
  return [
    {
      method: 'GET',
      route: `${BASE}/agent_skill_rules`,
      needs,
      handle: () => success({ rules: [...rules(desk), ...settings.oddRows.conditions] }),
    },
    {
      method: 'GET',
      route: `${BASE}/agent_emails`,
      needs,
      handle: () => success({ agents: { ...emails(desk), ...settings.oddRows.emails } }),
    },
    {
      method: 'GET',
      route: `${BASE}/agent_schedules`,
      needs,
      handle: ({ query }) => {
        const { agents } = settings.oddRows;
        const odd = ({ openId }: DeskAgent) => agents[openId] ?? {};
        const isKnown = (id: string) => desk.agents.some(({ openId }) => openId === id);
        const others = () => Object.keys(agents).flatMap((id) => (isKnown(id) ? [] : [{ agent: agents[id] }]));
        const wanted = [query.status].flat().map(String);
        if (query.status === undefined) return failure(400, 154000, 'Bad request, please check your request body');
        const known = desk.agents.filter(({ status = ONLINE }) => wanted.includes(String(status)));
        return success({
          agent_schedules: [...known.map((agent) => scheduleOf(desk, agent, odd(agent))), ...others()],
        });
      },
    },
  ];
}

const rules = (desk: Desk) =>
  desk.rules.map((rule) => ({
    id: rule.id,
    operator_options: rule.operatorOptions,
    ...(rule.operand === undefined ? {} : { operand: rule.operand }),
    category: rule.category,
    display_name: rule.displayName,
  }));

const emails = (desk: Desk) => Object.fromEntries(desk.agents.map((agent) => [agent.openId, agent.email]));

/** One agent, with fields in place of the true ones. */
function scheduleOf(desk: Desk, agent: DeskAgent, odd: Record<string, unknown>): Record<string, unknown> {
  const { openId, name, email, department = 'IT', status = ONLINE, hours = ROUND_THE_CLOCK } = agent;
  return {
    status,
    agent: {
      id: openId,
      avatar_url: `https://example.com/avatar/${openId}.png`,
      name,
      email,
      department,
      company_name: 'Example',
      ...odd,
    },
    schedule: hours.map(({ startTime, endTime, weekday }) => ({ start_time: startTime, end_time: endTime, weekday })),
    agent_skills: desk
      .skills()
      .filter((skill) => skill.agentIds.includes(openId))
      .map(skillSummary)
      .map(({ id, name: skillName, is_default }) => ({ id, name: skillName, is_default })),
  };
}

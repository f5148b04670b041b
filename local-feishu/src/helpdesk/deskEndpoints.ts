import type { RequestHeaders } from '../api/access.ts';
import { failure, success } from '../api/answers.ts';
import type { Endpoint } from '../api/endpoint.ts';
import type { Desk } from './desk.ts';
import { type DeskCredentials, deskRefusal } from './header.ts';
import type { DeskSettings } from './settings.ts';
import { skillSummary } from './skillData.ts';

const BASE = '/open-apis/helpdesk/v1';
const ONLINE = '1';

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
        const wanted = [query.status].flat().map(String);
        if (query.status === undefined) return failure(400, 154000, 'Bad request, please check your request body');
        return success({ agent_schedules: wanted.includes(ONLINE) ? schedules(desk) : [] });
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

/** Every agent is online, every day, round the clock. */
function schedules(desk: Desk): Record<string, unknown>[] {
  return desk.agents.map((agent) => ({
    status: 1,
    agent: {
      id: agent.openId,
      avatar_url: `https://example.com/avatar/${agent.openId}.png`,
      name: agent.name,
      email: agent.email,
      department: 'IT',
      company_name: 'Example',
    },
    schedule: [{ start_time: '00:00', end_time: '24:00', weekday: 9 }],
    agent_skills: desk
      .skills()
      .filter((skill) => skill.agentIds.includes(agent.openId))
      .map(skillSummary)
      .map(({ id, name, is_default }) => ({ id, name, is_default })),
  }));
}

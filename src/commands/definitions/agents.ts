import { z } from 'zod';
import { AGENTS_PER_PAGE, type AgentRow, agentsCard } from '../../cards/agents.ts';
import type { OpenId } from '../../domain/ids.ts';
import type { SkillSummary } from '../../domain/skill.ts';
import type { ListedAgents } from '../../feishu/agentRows.ts';
import { phrase } from '../../lib/phrase.ts';
import { defineCommand } from '../command.ts';
import { paged } from '../paging.ts';
import { oneAgentAtMost } from '../parse/arguments.ts';
import { withPage } from '../parse/page.ts';
import { AgentReference } from '../parse/people.ts';
import { resolveAgents } from '../resolve/resolve.ts';

export const agents = defineCommand({
  name: 'agents',
  aliases: ['agent', '客服'],
  summary: phrase(
    '查看谁拥有哪些技能；指定一位客服时还显示工作时间。',
    'Show who holds which skill; of one agent also the hours.',
  ),
  usage: phrase('[<客服>] [--page N]', '[<agent>] [--page N]'),
  examples: ['agents', 'agents @Tom'],
  writes: false,
  input: z.object({ agents: z.array(AgentReference), page: z.number().int() }),
  read: (whole) => {
    const { page, line } = withPage(whole);
    return { agents: oneAgentAtMost(line), page };
  },
  async run({ agents: references, page: wanted }, context) {
    const { helpdesk, people, roster } = context.services;
    const wantedAgents = await resolveAgents(people, references);
    const [listed, { agents, unreadable }] = await Promise.all([helpdesk.listSkills(), roster.all()]);
    const { skills } = listed;
    const everybody = new Set<OpenId>([...skills.flatMap((skill) => skill.agentIds), ...agents.keys()]);
    const ids = references.length > 0 ? wantedAgents.map((agent) => agent.id) : [...everybody];
    const rows = ids.map((id) => rowOf(id, agents, skills));
    const { shown, page, pages } = paged(rows, wanted, AGENTS_PER_PAGE);
    const viewId = await context.saveView({ command: 'agents', input: { agents: references, page } });
    const odd = { agents: unreadable, skills: listed.unreadable };
    const showsHours = references.length > 0;
    return { card: agentsCard({ viewId, rows: shown, page, pages, total: rows.length, showsHours, unreadable: odd }) };
  },
});

const rowOf = (id: OpenId, agents: ListedAgents['agents'], skills: readonly SkillSummary[]): AgentRow => ({
  id,
  agent: agents.get(id),
  skills: skills.filter((skill) => skill.agentIds.includes(id)),
});

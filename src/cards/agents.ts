import type { DeskAgent } from '../domain/agent.ts';
import type { OpenId, ViewId } from '../domain/ids.ts';
import type { SkillSummary } from '../domain/skill.ts';
import type { UnreadableSkill } from '../domain/unreadable.ts';
import { lookOf } from '../domain/writable.ts';
import { type Language, phrase } from '../lib/phrase.ts';
import { hoursText, statusText } from './hours.ts';
import { type CardJson, card, type Element, Graded, paragraph, people, sentence } from './kit.ts';
import { listed } from './listed.ts';
import { pager } from './skills.ts';
import { asMarkdown, type Markdown, md, shortened } from './text.ts';
import { unreadableAgents, unreadableSkills } from './unreadable.ts';

export const AGENTS_PER_PAGE = 15;

export interface AgentRow {
  id: OpenId;
  /** Undefined when the desk does not count them among its agents. */
  agent: DeskAgent | undefined;
  skills: readonly SkillSummary[];
}

export interface AgentPage {
  viewId: ViewId;
  rows: readonly AgentRow[];
  page: number;
  pages: number;
  total: number;
  /** Whether the hours of the agents are shown, too. */
  showsHours: boolean;
  /** How many agents, and which skills, cannot be read: the rows of the others may lack these skills. */
  unreadable: { agents: number; skills: readonly UnreadableSkill[] };
}

/** Who holds which skill. */
export const agentsCard = ({ viewId, rows, page, pages, total, showsHours, unreadable }: AgentPage): CardJson =>
  card({ title: phrase(`客服与技能（${total}）`, `Agents and their skills (${total})`), template: 'blue' }, [
    ...(rows.length === 0 ? [sentence(phrase('没有客服。', 'There are no agents.'))] : []),
    ...rows.flatMap((row) => [agentLine(row), ...(showsHours ? hoursLine(row) : [])]),
    ...unreadableAgents(unreadable.agents),
    ...unreadableSkills(unreadable.skills),
    ...pager(viewId, page, pages),
  ]);

/** How many skills of an agent are named and with how many characters, from the fullest down. */
const SIZES = [
  { most: 12, length: 30 },
  { most: 8, length: 20 },
  { most: 4, length: 12 },
];

const agentLine = (row: AgentRow): Graded => new Graded(SIZES.map((size) => [...people([row.id]), lineOf(row, size)]));

/** Who is meant is said in words too: the client leaves out people who have left the company. */
function lineOf({ id, agent, skills }: AgentRow, { most, length }: { most: number; length: number }): Element {
  const shown = skills.slice(0, most);
  const isShared = ({ name }: SkillSummary): boolean =>
    shown.filter((other) => lookOf(other.name) === lookOf(name)).length > 1;
  const items = shown.map((skill) => ({
    text: shortened(skill.name, length),
    id: isShared(skill) ? skill.id : undefined,
  }));
  const rest = skills.length - items.length;
  const list = (language: 'zh' | 'en', none: string): Markdown => {
    if (items.length === 0) return md`${none}`;
    const names = asMarkdown(listed(items, language));
    return rest > 0 ? md`${names} +${rest}` : names;
  };
  if (!agent) {
    return paragraph(
      md`${id}（非本服务台客服）　${list('zh', '没有技能')}`,
      md`${id} (no agent of this desk)　${list('en', 'no skills')}`,
    );
  }
  return paragraph(
    md`${standing(agent, 'zh')}　${list('zh', '没有技能')}`,
    md`${standing(agent, 'en')}　${list('en', 'no skills')}`,
  );
}

/** Who an agent is at the desk, and whether they answer just now: what tells people of one name apart. */
const standing = ({ id, email, department, status }: DeskAgent, language: Language): string =>
  [email ?? id, department && shortened(department, 30), status && statusText(status)[language]]
    .filter((part) => part !== undefined)
    .join(' · ');

function hoursLine({ agent }: AgentRow): Element[] {
  if (!agent?.hours) return [];
  const { zh, en } = hoursText(agent.hours);
  return [paragraph(md`**工作时间**　${zh}`, md`**Hours**　${en}`)];
}

import { say } from '../lib/phrase.ts';
import type { OpenId, ViewId } from '../skills/ids.ts';
import type { SkillSummary } from '../skills/skill.ts';
import { type CardJson, card, type Element, paragraph, sentence } from './kit.ts';
import { pager } from './skills.ts';
import { joined, type Markdown, md, personChip, shortened } from './text.ts';

export const AGENTS_PER_PAGE = 15;

export interface AgentRow {
  id: OpenId;
  /** Whether the desk counts them among its agents. */
  isAgent: boolean;
  skills: readonly SkillSummary[];
}

export interface AgentPage {
  viewId: ViewId;
  rows: readonly AgentRow[];
  page: number;
  pages: number;
  total: number;
}

/** Who holds which skill. */
export const agentsCard = ({ viewId, rows, page, pages, total }: AgentPage): CardJson =>
  card({ title: say(`客服与技能（${total}）`, `Agents and their skills (${total})`), template: 'blue' }, [
    ...(rows.length === 0 ? [sentence(say('没有客服。', 'There are no agents.'))] : []),
    ...rows.map(agentLine),
    ...pager(viewId, page, pages),
  ]);

const MAX_SKILLS = 12;
const MAX_NAME = 30;

function agentLine({ id, isAgent, skills }: AgentRow): Element {
  const chip = personChip(id);
  const names = skills.slice(0, MAX_SKILLS).map((skill) => md`${shortened(skill.name, MAX_NAME)}`);
  const more = skills.length > MAX_SKILLS ? ` +${skills.length - MAX_SKILLS}` : '';
  const list = (separator: string, none: string): Markdown =>
    names.length === 0 ? md`${none}` : md`${joined(names, separator)}${more}`;
  return paragraph(
    md`${chip}${isAgent ? '' : '（非本服务台客服）'}　${list('、', '没有技能')}`,
    md`${chip}${isAgent ? '' : ' (no agent of this desk)'}　${list(', ', 'no skills')}`,
  );
}

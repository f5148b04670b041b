import type { SkillId, ViewId } from '../domain/ids.ts';
import type { Rule, Skill, SkillSummary } from '../domain/skill.ts';
import type { UnreadableSkill } from '../domain/unreadable.ts';
import { type Phrase, phrase, verbatim } from '../lib/phrase.ts';
import { contentBelowName } from './change/parts.ts';
import { namesOf, ruleBlock } from './describe.ts';
import { button, type CardJson, card, divider, type Element, footnote, paragraph, row, rows, sentence } from './kit.ts';
import { md, plain, shortened, shortVisible, shownName } from './text.ts';
import { unreadableSkills } from './unreadable.ts';

/** How many skills a page lists. */
export const SKILLS_PER_PAGE = 10;

export interface SkillPage {
  viewId: ViewId;
  /** What the list was filtered by; empty for all. */
  text: string;
  skills: readonly SkillSummary[];
  page: number;
  pages: number;
  total: number;
  /** Those that fit too, but cannot be read: named on every page. */
  unreadable: readonly UnreadableSkill[];
}

/** One page of the desk's skills. */
export function listCard({ viewId, text, skills, page, pages, total, unreadable }: SkillPage): CardJson {
  const title = text === '' ? phrase(`客服技能（${total}）`, `Agent skills (${total})`) : found(text, total);
  return card({ title, template: 'blue' }, [
    ...(skills.length === 0 ? [sentence(phrase('没有符合的技能。', 'No skill fits.'))] : []),
    ...skills.map((skill) => skillRow(skill, viewId)),
    ...unreadableSkills(unreadable),
    ...pager(viewId, page, pages),
  ]);
}

const found = (text: string, total: number) => {
  const short = shortened(text, 40);
  return phrase(plain`“${short}”的技能（${total}）`, plain`Skills for “${short}” (${total})`);
};

const MAX_LISTED_NAME = 60;

function skillRow(skill: SkillSummary, viewId: ViewId): Element {
  const name = shortened(skill.name, MAX_LISTED_NAME);
  const agents = agentCount(skill);
  const [zh, en] = skill.isDefault ? [md`　默认`, md`　default`] : [md``, md``];
  return {
    tag: 'column_set',
    flex_mode: 'none',
    columns: [
      {
        tag: 'column',
        width: 'weighted',
        weight: 4,
        elements: [
          paragraph(
            md`**${name}**　${agents.zh}${zh}<br>${skill.id}`,
            md`**${name}**　${agents.en}${en}<br>${skill.id}`,
          ),
        ],
      },
      {
        tag: 'column',
        vertical_align: 'center',
        elements: [button(phrase('查看', 'Show'), { action: 'skill.pick', id: viewId, skill: skill.id }, 'text')],
      },
    ],
  };
}

const agentCount = ({ agentIds: { length } }: SkillSummary): Phrase =>
  phrase(`${length} 人`, length === 1 ? '1 agent' : `${length} agents`);

/** Buttons to the pages before and after; nothing when there is one page only. */
export function pager(viewId: ViewId, page: number, pages: number): Element[] {
  if (pages <= 1) return [];
  const go = (to: number) => ({ action: 'page.go', id: viewId, page: to });
  return [
    divider,
    row([
      ...(page > 1 ? [button(phrase('上一页', 'Previous'), go(page - 1))] : []),
      ...(page < pages ? [button(phrase('下一页', 'Next'), go(page + 1))] : []),
    ]),
    footnote(phrase(`第 ${page} 页，共 ${pages} 页`, `Page ${page} of ${pages}`)),
  ];
}

/** What can be done with a skill, as buttons below it. */
export interface SkillAction {
  command: string;
  label: Phrase;
}

/** How many rules a card lists beside what else is on it. */
export const RULES_PER_PAGE = 50;

/** Says how many rules a card leaves out, and where all of them are; nothing when it leaves out none. */
export const rulesLeftOut = (count: number, skill: Skill): Element[] =>
  count <= 0
    ? []
    : [
        sentence(
          phrase(
            `另有 ${count} 个条件，见 /skill rules ${skill.id}`,
            `+${count} more ${count === 1 ? 'rule' : 'rules'}, see /skill rules ${skill.id}`,
          ),
        ),
      ];

/** Everything about one skill, and what can be done with it. Of very many rules the first. */
export function skillCard(skill: Skill, viewId: ViewId, actions: readonly SkillAction[]): CardJson {
  const subtitle = skill.isDefault ? phrase('默认技能', 'Default skill') : phrase('客服技能', 'Agent skill');
  const rules = skill.rules.slice(0, RULES_PER_PAGE);
  return card({ title: verbatim(plain`${shownName(skill.name)}`), subtitle, template: 'blue' }, [
    ...contentBelowName({ ...skill, rules }, namesOf(skill.agents), 'overview'),
    ...rulesLeftOut(skill.rules.length - rules.length, skill),
    divider,
    ...actionRow(viewId, actions),
    footnote(phrase(`ID：${skill.id}`, `Id: ${skill.id}`)),
  ]);
}

/** Buttons that open the forms of commands for what the card is about. */
const actionRow = (viewId: ViewId, actions: readonly SkillAction[]): Element[] =>
  actions.length === 0
    ? []
    : rows(actions.map(({ command, label }) => button(label, { action: `form.${command}`, id: viewId })));

export interface RulePage {
  viewId: ViewId;
  skill: Skill;
  /** Those of the page. */
  rules: readonly Rule[];
  page: number;
  pages: number;
  actions: readonly SkillAction[];
}

/** One page of the rules of a skill, each in words. */
export function rulesCard({ viewId, skill, rules, page, pages, actions }: RulePage): CardJson {
  const first = (page - 1) * RULES_PER_PAGE + 1;
  const names = namesOf(skill.agents);
  return card({ title: rulesTitle(shownName(skill.name)), template: 'blue' }, [
    ...(rules.length === 0 ? [sentence(phrase('没有条件：所有工单都符合。', 'No rules: every ticket fits.'))] : []),
    ...rules.map((rule, at) => ruleBlock({ zh: md`${first + at}`, en: md`${first + at}` }, rule, names)),
    ...pager(viewId, page, pages),
    divider,
    ...actionRow(viewId, actions),
    footnote(phrase(`ID：${skill.id}`, `Id: ${skill.id}`)),
  ]);
}

const rulesTitle = (name: string): Phrase => phrase(plain`条件：${name}`, plain`Rules: ${name}`);

/** The skill that a form is about. */
export const skillIntro = (skill: Skill): Element[] => [
  paragraph(
    md`**技能**　${shownName(skill.name)}（${skill.id}）`,
    md`**Skill**　${shownName(skill.name)} (${skill.id})`,
  ),
];

/** Several skills fit: one has to be picked, of those that can be read. */
export function pickCard(
  viewId: ViewId,
  text: string,
  candidates: readonly SkillSummary[],
  unreadable: readonly UnreadableSkill[] = [],
): CardJson {
  const count = candidates.length + unreadable.length;
  const shown = candidates.slice(0, MAX_CANDIDATES);
  return card({ title: phrase('是哪一个技能？', 'Which skill?'), template: 'orange' }, [
    paragraph(
      md`有 ${count} 个技能符合“${shortened(text, 40)}”，请选择：`,
      md`${count} skills fit “${shortened(text, 40)}”. Please pick one:`,
    ),
    ...candidateButtons(shown, viewId),
    ...(candidates.length > shown.length
      ? [
          footnote(
            phrase('只列出前面的一些，请写得更完整。', 'These are only the first ones; please write more of the name.'),
          ),
        ]
      : []),
    ...unreadableSkills(unreadable),
  ]);
}

const MAX_CANDIDATES = 20;

/** A button for each skill that picks it. */
export function candidateButtons(skills: readonly SkillSummary[], viewId: ViewId): Element[] {
  const idOf = idsApart(skills.map(({ id }) => id));
  return skills.map((skill) => {
    const name = shortVisible(skill.name, MAX_LISTED_NAME);
    const { zh, en } = agentCount(skill);
    const label = phrase(`${name}　${zh} · ${idOf(skill.id)}`, `${name}　${en} · ${idOf(skill.id)}`);
    return button(label, { action: 'skill.pick', id: viewId, skill: skill.id });
  });
}

/** The end of each id, which tells skills of one name apart; whole ids where two of them end alike. */
export function idsApart(ids: readonly SkillId[]): (id: SkillId) => string {
  const areApart = new Set(ids.map(shortId)).size === ids.length;
  return areApart ? shortId : (id) => id;
}

const shortId = (id: SkillId): string => `…${id.slice(-4)}`;

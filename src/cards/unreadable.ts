import type { SkillPart, UnreadableSkill } from '../domain/unreadable.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { type CardJson, card, type Element, footnote, paragraph, sentence } from './kit.ts';
import { type Item, listed } from './listed.ts';
import { asMarkdown, type Markdown, md, shortened, type Words } from './text.ts';

/** What cannot be read, as it goes on in “… is not in a form that this bot understands”. */
const PARTS: Readonly<Record<SkillPart, Phrase>> = {
  record: phrase('整条记录', 'the whole record'),
  twice: phrase('记录（出现了两次，内容不同）', 'the record, which came twice with different content,'),
  id: phrase('ID', 'the id'),
  name: phrase('名称', 'the name'),
  agents: phrase('客服', 'the list of agents'),
  default: phrase('是否为默认技能', 'whether it is the default skill'),
  rules: phrase('条件', 'the list of rules'),
};

/** Says which part of a skill cannot be read, and that it is left alone. */
export const unreadablePart = (part: SkillPart): Words => ({
  zh: md`飞书给出的“${PARTS[part].zh}”机器人读不懂。为免写坏，机器人不会修改这个技能。`,
  en: md`What Feishu gives for ${PARTS[part].en} is not in a form that this bot understands. So as not to damage it, the bot does not change this skill.`,
});

export const UNREADABLE_TODO = phrase(
  '请在飞书的服务台后台打开并重新保存这个技能；如果仍然如此，请联系机器人的管理员。',
  'Please open this skill in the helpdesk’s settings in Feishu and save it again; if it stays like this, tell whoever runs this bot.',
);

/** A skill that is there, but cannot be read: nothing is done with it. */
export const unreadableCard = (skill: UnreadableSkill): CardJson => {
  const { zh, en } = unreadablePart(skill.part);
  return card({ title: phrase('这个技能无法读取', 'This skill cannot be read'), template: 'red' }, [
    paragraph(md`**技能**　${labels([skill], 'zh')}`, md`**Skill**　${labels([skill], 'en')}`),
    paragraph(zh, en),
    sentence(UNREADABLE_TODO),
    footnote(phrase('什么都没有修改。', 'Nothing was changed.')),
  ]);
};

const MAX_NAME = 60;
/** Ids in documents have 19 digits. */
const MAX_ID = 40;

function labelOf({ id, name }: UnreadableSkill): Item {
  const shortId = id === undefined ? undefined : shortened(id, MAX_ID);
  if (name === undefined) return { text: shortId ?? '?' };
  return { text: shortened(name, MAX_NAME), id: shortId };
}

const labels = (skills: readonly UnreadableSkill[], language: 'zh' | 'en'): Markdown =>
  asMarkdown(listed(skills.map(labelOf), language));

const MAX_NAMED = 5;

/** Names the skills of a list that cannot be read; nothing when all can be. */
export function unreadableSkills(skills: readonly UnreadableSkill[]): Element[] {
  if (skills.length === 0) return [];
  const named = skills.slice(0, MAX_NAMED);
  const rest = skills.length > MAX_NAMED ? md` +${skills.length - MAX_NAMED}` : md``;
  const many = skills.length === 1 ? '1 skill' : `${skills.length} skills`;
  return [
    paragraph(
      md`⚠️ 有 ${skills.length} 个技能无法读取：${labels(named, 'zh')}${rest}`,
      md`⚠️ ${many} cannot be read: ${labels(named, 'en')}${rest}`,
    ),
  ];
}

/** Says that agents of a list cannot be read; nothing when all can be. */
export const unreadableAgents = (count: number): Element[] =>
  count === 0
    ? []
    : [
        sentence(
          phrase(`⚠️ 有 ${count} 位客服无法读取`, `⚠️ ${count === 1 ? '1 agent' : `${count} agents`} cannot be read`),
        ),
      ];

/** The same of conditions that the desk offers. */
export const unreadableConditions = (count: number): Element[] =>
  count === 0
    ? []
    : [
        sentence(
          phrase(
            `⚠️ 有 ${count} 种条件无法读取`,
            `⚠️ ${count === 1 ? '1 condition' : `${count} conditions`} cannot be read`,
          ),
        ),
      ];

import type { Change } from '../../domain/change.ts';
import { diff } from '../../domain/diff.ts';
import type { Intent } from '../../domain/intent.ts';
import type { SkillContent } from '../../domain/skill.ts';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import { differences, type Extent, type Names, namesOf, peopleBlock, ruleBlock } from '../describe.ts';
import { type Block, type Element, footnote, paragraph, sentence } from '../kit.ts';
import { md, personChip, shownName } from '../text.ts';

const TITLES: Readonly<Record<Intent['kind'], Phrase>> = {
  rename: phrase('修改名称', 'Rename'),
  'add-agents': phrase('添加客服', 'Add agents'),
  'remove-agents': phrase('移除客服', 'Remove agents'),
  'set-agents': phrase('设定客服', 'Set agents'),
  'add-rule': phrase('添加条件', 'Add a rule'),
  'edit-rule': phrase('修改条件', 'Edit a rule'),
  'remove-rule': phrase('移除条件', 'Remove a rule'),
  create: phrase('新建技能', 'Create a skill'),
  delete: phrase('删除技能', 'Delete a skill'),
  undo: phrase('撤销修改', 'Undo'),
};

/** What a change does, in two words. */
export const intentTitle = (intent: Intent): Phrase => TITLES[intent.kind];

export function titled(before: Phrase, change: Change): Phrase {
  const title = intentTitle(change.intent);
  return phrase(`${before.zh}${title.zh}`, `${before.en}${title.en}`);
}

/** The skill that the change is about. */
export const skillLine = (change: Change): Element =>
  change.skillId === undefined
    ? paragraph(md`**技能**　${shownName(change.skillName)}`, md`**Skill**　${shownName(change.skillName)}`)
    : paragraph(
        md`**技能**　${shownName(change.skillName)}（${change.skillId}）`,
        md`**Skill**　${shownName(change.skillName)} (${change.skillId})`,
      );

/** Everything the change does, and nothing it does not. `extent` is about what is written, not about what is lost. */
export function effect(change: Change, extent: Extent = 'as-fits'): Block[] {
  const names = namesOf(change.people);
  if (change.base && change.target) return differences(diff(change.base, change.target), names, extent);
  if (change.target) return content(change.target, names, extent);
  if (!change.base) return [sentence(phrase('（内容太多，这里放不下。）', '(This is too much to be shown here.)'))];
  return [lossLine(change), ...content(change.base, names)];
}

const lossLine = ({ status }: Change): Element =>
  status === 'applied'
    ? paragraph(md`以下内容已删除：`, md`This was deleted:`)
    : paragraph(md`以下内容会**全部失去**：`, md`All of this **will be lost**:`);

/** All of a skill's content. */
export function content(skill: SkillContent, names: Names, extent: Extent = 'as-fits'): Block[] {
  const name = extent === 'whole' ? skill.name : shownName(skill.name);
  return [paragraph(md`**名称**　${name}`, md`**Name**　${name}`), ...contentBelowName(skill, names, extent)];
}

/** Agents and rules of a skill. */
export const contentBelowName = (
  { agentIds, rules }: Omit<SkillContent, 'name'>,
  names: Names,
  extent: Extent = 'as-fits',
): Block[] => [
  agentIds.length === 0
    ? paragraph(md`**客服**　无`, md`**Agents**　none`)
    : peopleBlock({ zh: md`**客服**`, en: md`**Agents**` }, agentIds, names, extent),
  ...(rules.length === 0 ? [paragraph(md`**条件**　无`, md`**Rules**　none`)] : []),
  ...rules.map((rule) => ruleBlock({ zh: md`**条件**`, en: md`**Rule**` }, rule, names, extent)),
];

/** Who asked for it, as a chip. */
export const askedBy = (change: Change): Element =>
  paragraph(md`**操作人**　${personChip(change.actorId)}`, md`**Asked by**　${personChip(change.actorId)}`);

/** Which change it is, and which one it takes back. */
export const changeIdNote = ({ id, undoOf }: Change): Element =>
  footnote(
    undoOf === undefined
      ? phrase(`变更 ${id}`, `Change ${id}`)
      : phrase(`变更 ${id}，撤销变更 ${undoOf}`, `Change ${id}, which undoes change ${undoOf}`),
  );

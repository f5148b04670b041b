import { type Phrase, verbatim } from '../lib/phrase.ts';
import { conditionName, conditionOf, operandValues } from '../skills/conditions.ts';
import type { Difference } from '../skills/diff.ts';
import { OpenId } from '../skills/ids.ts';
import { operatorName } from '../skills/operators.ts';
import type { Agent, Rule } from '../skills/skill.ts';
import { type Block, Graded, paragraph, people } from './kit.ts';
import { joined, type Markdown, md, shortened, shownName, type Words } from './text.ts';

/** Names for ids, as far as they are known; an unknown person is shown by id. */
export type Names = ReadonlyMap<OpenId, string>;

export const namesOf = (agents: readonly Agent[]): Names =>
  new Map(agents.filter((agent) => agent.name !== '').map((agent) => [agent.id, agent.name]));

/** The people's names, in one line. */
export const nameList = (ids: readonly OpenId[], names: Names, separator: string): Markdown =>
  joined(
    ids.map((id) => md`${names.get(id) ?? id}`),
    separator,
  );

/** Beyond this many, chips say less than names. */
const MAX_CHIPS = 20;

/** How many chips are left where not everybody fits. */
const FEWEST_CHIPS = 100;

/** How many characters of a rule are shown, from all of it down to what says which one it is. */
const RULE_LENGTHS = [Number.POSITIVE_INFINITY, 150, 60, 30, 20];

/**
 * How much is shown where there is little room. `whole`: what would be written, to the last character or not at all;
 * `as-fits`: rules may be shortened; `overview`: also only some of very many people.
 */
export type Extent = 'whole' | 'as-fits' | 'overview';

/** People as names and chips; when there are very many, as chips alone. */
export function peopleBlock(label: Words, ids: readonly OpenId[], names: Names, extent: Extent = 'as-fits'): Block {
  const { zh, en } = label;
  const named = paragraph(
    md`${zh}（${ids.length}）　${nameList(ids, names, '、')}`,
    md`${en} (${ids.length})　${nameList(ids, names, ', ')}`,
  );
  const counted = paragraph(md`${zh}（${ids.length}）`, md`${en} (${ids.length})`);
  const all = [counted, ...people(ids)];
  const some = [counted, ...people(ids.slice(0, FEWEST_CHIPS))];
  return new Graded([
    [named, ...(ids.length > MAX_CHIPS ? [] : people(ids))],
    // Only after all rules beside them are as short as they can be.
    ...(extent === 'overview' ? [...RULE_LENGTHS.slice(1).map(() => all), some] : [all]),
  ]);
}

/** A rule in words after a label. */
export function ruleBlock(label: Words, rule: Rule, names: Names, extent: Extent = 'as-fits'): Block {
  const words = ruleInWords(rule, names);
  const lengths = extent === 'whole' ? [Number.POSITIVE_INFINITY] : RULE_LENGTHS;
  return new Graded(
    lengths.map((length) => [
      paragraph(md`${label.zh}　${shortened(words.zh, length)}`, md`${label.en}　${shortened(words.en, length)}`),
    ]),
  );
}

/** A rule as a sentence, the people it is about by name. */
export function ruleInWords(rule: Rule, names: Names): Phrase {
  const condition = conditionName(rule);
  const operator = operatorName(rule.selected_operator);
  const isAboutPeople = conditionOf(rule.id)?.values === 'person';
  const values = operandValues(rule).map((value) => (isAboutPeople ? named(value, names) : value));
  const list = (language: 'zh' | 'en', separator: string): string =>
    values.map((value) => value[language]).join(separator);
  return {
    zh: `${condition.zh} ${operator.zh} ${list('zh', '、') || '（空）'}`,
    en: `${condition.en} ${operator.en} ${list('en', ', ') || '(nothing)'}`,
  };
}

function named(value: Phrase, names: Names): Phrase {
  const id = OpenId.safeParse(value.zh);
  const name = id.success ? names.get(id.data) : undefined;
  return name === undefined ? value : verbatim(name);
}

/** What differs, from the state before to the state after, as elements of a card. */
export const differences = (items: readonly Difference[], names: Names, extent: Extent = 'as-fits'): Block[] =>
  items.flatMap((item) => difference(item, names, extent));

function difference(item: Difference, names: Names, extent: Extent): Block[] {
  switch (item.field) {
    case 'name':
      return [
        paragraph(
          md`**名称**　${shownName(item.before)}　→　**${item.after}**`,
          md`**Name**　${shownName(item.before)}　→　**${item.after}**`,
        ),
      ];
    case 'agent_ids':
      return [...peopleLine('added', item.added, names), ...peopleLine('removed', item.removed, names)];
    case 'rules':
      return [
        ...ruleLines('removed', item.removed, names, 'as-fits'),
        ...ruleLines('added', item.added, names, extent),
      ];
  }
}

type Direction = 'added' | 'removed';

function peopleLine(direction: Direction, ids: readonly OpenId[], names: Names): Block[] {
  if (ids.length === 0) return [];
  const added = { zh: md`**＋ 客服**`, en: md`**+ Agents**` };
  const removed = { zh: md`**－ 客服**`, en: md`**− Agents**` };
  return [peopleBlock(direction === 'added' ? added : removed, ids, names)];
}

function ruleLines(direction: Direction, rules: readonly Rule[], names: Names, extent: Extent): Block[] {
  const added = { zh: md`**＋ 条件**`, en: md`**+ Rule**` };
  const removed = { zh: md`**－ 条件**`, en: md`**− Rule**` };
  return rules.map((rule) => ruleBlock(direction === 'added' ? added : removed, rule, names, extent));
}

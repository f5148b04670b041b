import type { Phrase } from '../lib/phrase.ts';
import { conditionName, operandValues } from '../skills/conditions.ts';
import type { Difference } from '../skills/diff.ts';
import type { OpenId } from '../skills/ids.ts';
import { operatorName } from '../skills/operators.ts';
import type { Agent, Rule } from '../skills/skill.ts';
import { type Element, paragraph, people } from './kit.ts';
import { joined, type Markdown, md, shortened } from './text.ts';

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

const MAX_VALUES = 30;
const MAX_VALUE_LENGTH = 60;

/** A rule as a sentence. */
export function ruleInWords(rule: Rule): Phrase {
  const condition = conditionName(rule);
  const operator = operatorName(rule.selected_operator);
  const values = operandValues(rule).slice(0, MAX_VALUES);
  const list = (language: 'zh' | 'en', separator: string): string =>
    values.map((value) => shortened(value[language], MAX_VALUE_LENGTH)).join(separator);
  return {
    zh: `${condition.zh} ${operator.zh} ${list('zh', '、') || '（空）'}`,
    en: `${condition.en} ${operator.en} ${list('en', ', ') || '(nothing)'}`,
  };
}

/** What differs, from the state before to the state after, as elements of a card. */
export const differences = (items: readonly Difference[], names: Names): Element[] =>
  items.flatMap((item) => difference(item, names));

function difference(item: Difference, names: Names): Element[] {
  switch (item.field) {
    case 'name':
      return [
        paragraph(
          md`**名称**　${item.before}　→　**${item.after}**`,
          md`**Name**　${item.before}　→　**${item.after}**`,
        ),
      ];
    case 'agent_ids':
      return [...peopleLine('added', item.added, names), ...peopleLine('removed', item.removed, names)];
    case 'rules':
      return [...ruleLines('added', item.added), ...ruleLines('removed', item.removed)];
  }
}

type Direction = 'added' | 'removed';

function peopleLine(direction: Direction, ids: readonly OpenId[], names: Names): Element[] {
  if (ids.length === 0) return [];
  const [zh, en] = direction === 'added' ? [md`**＋ 客服**`, md`**+ Agents**`] : [md`**－ 客服**`, md`**− Agents**`];
  return [
    paragraph(
      md`${zh}（${ids.length}）　${nameList(ids, names, '、')}`,
      md`${en} (${ids.length})　${nameList(ids, names, ', ')}`,
    ),
    ...people(ids),
  ];
}

function ruleLines(direction: Direction, rules: readonly Rule[]): Element[] {
  const [zh, en] = direction === 'added' ? [md`**＋ 条件**`, md`**+ Rule**`] : [md`**－ 条件**`, md`**− Rule**`];
  return rules.map((rule) => {
    const words = ruleInWords(rule);
    return paragraph(md`${zh}　${words.zh}`, md`${en}　${words.en}`);
  });
}

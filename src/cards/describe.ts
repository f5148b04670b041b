import { conditionInWords, conditionOf, operandValues, type ValueInWords } from '../domain/conditions.ts';
import type { Difference } from '../domain/diff.ts';
import { OpenId } from '../domain/ids.ts';
import { operatorName } from '../domain/operators.ts';
import type { Agent, Rule } from '../domain/skill.ts';
import { lookOf } from '../domain/writable.ts';
import type { Phrase } from '../lib/phrase.ts';
import { type Block, compactList, type Element, Graded, MAX_CHIPS, paragraph, people } from './kit.ts';
import { type Item, listed } from './listed.ts';
import { lookalikeNote } from './lookalike.ts';
import { asMarkdown, type Markdown, md, shortenedSentence, shownName, visible, type Words } from './text.ts';

/** A person's name, and whether another one on the card has one that looks the same. */
interface Named {
  name: string;
  isShared: boolean;
}

/** Names for ids, as far as they are known; an unknown person is shown by id. */
export type Names = ReadonlyMap<OpenId, Named>;

export function namesOf(agents: readonly Agent[]): Names {
  const named = new Map(agents.filter(({ name }) => name !== '').map((agent) => [agent.id, agent.name]));
  const count = new Map<string, number>();
  for (const name of named.values()) count.set(lookOf(name), (count.get(lookOf(name)) ?? 0) + 1);
  return new Map([...named].map(([id, name]) => [id, { name, isShared: (count.get(lookOf(name)) ?? 0) > 1 }]));
}

/** A person by name; by name and id where the name alone would fit two. */
export function personItem(id: OpenId, names: Names): Item {
  const known = names.get(id);
  return known ? { text: known.name, id: known.isShared ? id : undefined } : { text: id };
}

/** The people's names, in one line. */
export const nameList = (ids: readonly OpenId[], names: Names, language: 'zh' | 'en'): Markdown =>
  asMarkdown(
    listed(
      ids.map((id) => personItem(id, names)),
      language,
    ),
  );

/** Beyond this many, chips say less than names. */
const MAX_CHIPS_BESIDE_NAMES = 20;

/** How many chips each list has where there are several long ones. */
const MAX_CHIPS_OF_SEVERAL = 40;

/** How many people are named where not everybody fits. */
const FEWEST_NAMES = 20;

/** How many characters of a rule are shown, from all of it down to what says which one it is. */
const RULE_LENGTHS = [Number.POSITIVE_INFINITY, 150, 60, 30, 20];

/**
 * How much is shown where there is little room. `whole`: what would be written, to the last character or not at all;
 * `as-fits`: rules may be shortened, and in the end only some of very many people named; `overview`: of these, as many as
 * there can be chips.
 */
export type Extent = 'whole' | 'as-fits' | 'overview';

/** People as names and chips; when there are very many, as chips alone. */
export function peopleBlock(label: Words, ids: readonly OpenId[], names: Names, extent: Extent = 'as-fits'): Block {
  const { zh, en } = label;
  const named = paragraph(
    md`${zh}（${ids.length}）　${nameList(ids, names, 'zh')}`,
    md`${en} (${ids.length})　${nameList(ids, names, 'en')}`,
  );
  const counted = paragraph(md`${zh}（${ids.length}）`, md`${en} (${ids.length})`);
  const someChips = [counted, ...chipsAndIds(ids)];
  const all = ids.length > MAX_CHIPS ? someChips : [counted, ...people(ids)];
  // Only after all rules beside them are as short as they can be.
  const untilRulesAreShort = RULE_LENGTHS.slice(1).map(() => all);
  return new Graded([
    [named, ...(ids.length > MAX_CHIPS_BESIDE_NAMES ? [] : people(ids))],
    ...(extent === 'whole' ? [all] : untilRulesAreShort),
    someChips,
    ...(extent === 'overview' ? [[counted, ...people(ids.slice(0, MAX_CHIPS))]] : []),
    ...(extent === 'whole' ? [] : [[someNamed(label, ids, names)]]),
  ]);
}

/** As many chips as two long lists may have each; whoever is beyond them is there by id. */
function chipsAndIds(ids: readonly OpenId[]): Element[] {
  const rest = ids.slice(MAX_CHIPS_OF_SEVERAL);
  return [...people(ids.slice(0, MAX_CHIPS_OF_SEVERAL)), ...(rest.length > 0 ? [compactList(rest)] : [])];
}

/** Everybody where these are few, else the first and how many more there are. */
function someNamed({ zh, en }: Words, ids: readonly OpenId[], names: Names): Element {
  const shown = ids.slice(0, FEWEST_NAMES);
  const more = ids.length > shown.length ? ` +${ids.length - shown.length}` : '';
  return paragraph(
    md`${zh}（${ids.length}）　${nameList(shown, names, 'zh')}${more}`,
    md`${en} (${ids.length})　${nameList(shown, names, 'en')}${more}`,
  );
}

/** A rule in words after a label. */
export function ruleBlock(label: Words, rule: Rule, names: Names, extent: Extent = 'as-fits'): Block {
  const words = ruleInWords(rule, names);
  const lengths = extent === 'whole' ? [Number.POSITIVE_INFINITY] : RULE_LENGTHS;
  const cut = (text: string, length: number): Markdown => asMarkdown(shortenedSentence(text, length));
  return new Graded(
    lengths.map((length) => [
      paragraph(md`${label.zh}　${cut(words.zh, length)}`, md`${label.en}　${cut(words.en, length)}`),
    ]),
  );
}

/** A rule as a sentence, the people it is about by name. All that is foreign in it is visible. */
export function ruleInWords(rule: Rule, names: Names): Phrase {
  const condition = conditionInWords(rule);
  const operator = operatorName(rule.selectedOperator);
  const isAboutPeople = conditionOf(rule.id)?.values === 'person';
  const list = (language: 'zh' | 'en'): string =>
    listed(
      operandValues(rule).map((value) =>
        isAboutPeople ? personValue(value, names) : { text: value.text[language], id: value.id },
      ),
      language,
    );
  return {
    zh: `${visible(condition.zh)} ${operator.zh} ${list('zh') || '（空）'}`,
    en: `${visible(condition.en)} ${operator.en} ${list('en') || '(nothing)'}`,
  };
}

/** The name that an operand gives to an id need not be the person's. */
function personValue({ text, id }: ValueInWords, names: Names): Item {
  const person = OpenId.safeParse(id ?? text.zh);
  return person.success && names.has(person.data) ? personItem(person.data, names) : { text: text.zh, id };
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
        ...lookalikeNote(item.before, item.after),
      ];
    case 'agentIds':
      return [...peopleLine('added', item.added, names, extent), ...peopleLine('removed', item.removed, names, extent)];
    case 'rules':
      return [
        ...ruleLines('removed', item.removed, names, 'as-fits'),
        ...ruleLines('added', item.added, names, extent),
        ...rulesThatLookAlike(item, names),
      ];
  }
}

/** Where a rule takes the place of one that reads the same. */
function rulesThatLookAlike({ added, removed }: Difference & { field: 'rules' }, names: Names): Block[] {
  const before = new Map(removed.map((rule) => ruleInWords(rule, names).zh).map((words) => [lookOf(words), words]));
  return added.flatMap((rule) => {
    const after = ruleInWords(rule, names).zh;
    const same = before.get(lookOf(after));
    return same === undefined ? [] : lookalikeNote(same, after);
  });
}

type Direction = 'added' | 'removed';

function peopleLine(direction: Direction, ids: readonly OpenId[], names: Names, extent: Extent): Block[] {
  if (ids.length === 0) return [];
  const added = { zh: md`**＋ 客服**`, en: md`**+ Agents**` };
  const removed = { zh: md`**－ 客服**`, en: md`**− Agents**` };
  return [peopleBlock(direction === 'added' ? added : removed, ids, names, extent)];
}

function ruleLines(direction: Direction, rules: readonly Rule[], names: Names, extent: Extent): Block[] {
  const added = { zh: md`**＋ 条件**`, en: md`**+ Rule**` };
  const removed = { zh: md`**－ 条件**`, en: md`**− Rule**` };
  return rules.map((rule) => ruleBlock(direction === 'added' ? added : removed, rule, names, extent));
}

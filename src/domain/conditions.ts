import { ExactNumber, stringifyJson } from '../lib/json.ts';
import { type Phrase, phrase, verbatim } from '../lib/phrase.ts';
import { OpenId } from './ids.ts';
import type { Rule } from './skill.ts';
import { structureIn } from './structure.ts';
import { lookOf } from './writable.ts';

/** What the operand of a condition lists. */
export type ValueKind = 'text' | 'number' | 'source' | 'language' | 'person' | 'department' | 'category';

export interface Condition {
  id: string;
  name: Phrase;
  values: ValueKind;
}

/** The documented conditions (ucDOyYjL3gjM24yN4IjN/operator-options). A desk may know others. */
export const CONDITIONS: readonly Condition[] = [
  { id: '3', name: phrase('城市', 'City'), values: 'text' },
  { id: '9', name: phrase('来源', 'Ticket source'), values: 'source' },
  { id: '10', name: phrase('语言', 'Language'), values: 'language' },
  { id: '11', name: phrase('姓名/邮箱', 'Name or email'), values: 'person' },
  { id: '12', name: phrase('部门', 'Department'), values: 'department' },
  { id: '14', name: phrase('中文知识库分类', 'Chinese knowledge base category'), values: 'category' },
  { id: '15', name: phrase('英文知识库分类', 'English knowledge base category'), values: 'category' },
  { id: '16', name: phrase('日文知识库分类', 'Japanese knowledge base category'), values: 'category' },
  { id: '17', name: phrase('用户级别', 'User level'), values: 'number' },
];

export const conditionOf = (id: string): Condition | undefined => CONDITIONS.find((condition) => condition.id === id);

/** The name of a rule's condition: the desk's own in Chinese, ours in English, else its id. */
export function conditionName(rule: Pick<Rule, 'id' | 'displayName'>): Phrase {
  const known = conditionOf(rule.id)?.name;
  const own = rule.displayName?.trim();
  if (own) return { zh: own, en: known?.en ?? own };
  return known ?? phrase(`条件 ${rule.id}`, `Condition ${rule.id}`);
}

/** {@link conditionName} with the id, where the name alone may be that of another condition. */
export function conditionInWords(rule: Pick<Rule, 'id' | 'displayName'>): Phrase {
  const { zh, en } = conditionName(rule);
  const own = rule.displayName?.trim();
  if (!own || (conditionOf(rule.id) && !isNameOfAnother(own, rule.id))) return { zh, en };
  return phrase(`${zh}（${rule.id}）`, `${en} (${rule.id})`);
}

const isNameOfAnother = (own: string, id: string): boolean =>
  CONDITIONS.some(
    ({ id: other, name }) => other !== id && [name.zh, name.en].some((word) => lookOf(word) === lookOf(own)),
  );

const SOURCES: Readonly<Record<string, Phrase>> = {
  0: phrase('客服端', 'agent client'),
  1: phrase('服务端', 'server'),
};

const LANGUAGES: Readonly<Record<string, Phrase>> = {
  zh_cn: phrase('简体中文', 'Simplified Chinese'),
  en_us: phrase('英语', 'English'),
  ja_jp: phrase('日语', 'Japanese'),
};

/** The typed values of a condition, by what is on the wire. */
export const valueNames = (kind: ValueKind | undefined): Readonly<Record<string, Phrase>> =>
  kind === 'source' ? SOURCES : kind === 'language' ? LANGUAGES : {};

/** What people also call a language. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  zh_cn: ['中文', '汉语', 'Chinese'],
  en_us: ['英文'],
  ja_jp: ['日文'],
};

/** Every word for a typed value, besides its id. */
export const wordsFor = (id: string, { zh, en }: Phrase): string[] => [zh, en, ...(OTHER_WORDS[id] ?? [])];

/** One value that a rule compares with, in words; with its id where the words are a name that came with the id. */
export interface ValueInWords {
  text: Phrase;
  id: string | undefined;
}

/** The values that a rule compares with. An operand of unknown shape is shown as its JSON. */
export function operandValues(rule: Pick<Rule, 'id' | 'operand'>): ValueInWords[] {
  const names = new Map(Object.entries(valueNames(conditionOf(rule.id)?.values)));
  return operandLeaves(rule.operand).map(({ text, id }) => ({ text: names.get(text) ?? verbatim(text), id }));
}

/** The people that a rule compares with, as far as it has their ids. */
export const peopleOf = (rule: Pick<Rule, 'id' | 'operand'>): OpenId[] =>
  conditionOf(rule.id)?.values === 'person'
    ? operandLeaves(rule.operand).flatMap(({ text, id }) => {
        const person = OpenId.safeParse(id ?? text);
        return person.success && person.data.startsWith('ou_') ? [person.data] : [];
      })
    : [];

const parsed = (operand: unknown): unknown =>
  typeof operand === 'string' ? (structureIn(operand) ?? operand) : operand;

interface Leaf {
  text: string;
  id: string | undefined;
}

const operandLeaves = (operand: unknown): Leaf[] => {
  const value = parsed(operand);
  return value === '' ? [] : leaves(value);
};

/** An entry with a name is that name; lists are their entries; an object is what its fields list. */
function leaves(value: unknown): Leaf[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (typeof value !== 'object' || value instanceof ExactNumber) return [{ text: String(value), id: undefined }];
  const fields = new Map(Object.entries(value));
  const [name, id] = [textOf(fields.get('name')), textOf(fields.get('value')) ?? textOf(fields.get('id'))];
  const text = name || id;
  if (text !== undefined && text !== '') return [{ text, id: id === text ? undefined : id }];
  const lists = [...fields.values()].filter((field) => Array.isArray(field));
  return lists.length > 0 ? lists.flatMap(leaves) : [{ text: stringifyJson(value), id: undefined }];
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || value instanceof ExactNumber ? String(value) : undefined;

import { isObject } from '../json.ts';
import { depthOf, type Node, nodesOf, repeated } from './nodes.ts';
import { tableProblem } from './tables.ts';
import { isBuiltInColor, isBuiltInSize } from './values.ts';

export interface CardProblem {
  /** Inner code of the platform, as in `ErrCode`. */
  code: number;
  message: string;
}

const MAX_ELEMENTS = 200;
const MAX_DEPTH = 5;
const MAX_TABLES = 5;
const MAX_MARKDOWN_TABLES = 4;

const INVALID = 200621;
const TOO_MANY = 11310;
const UNKNOWN_PERSON = 100290;

type Rule = (card: Node, nodes: Node[]) => string | undefined;

const list = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Which form controls share the names of a card. */
const NAMED = /^(?:form|button|input|overflow|(?:multi_)?select_(?:static|person))$/;

const RULES: [number, Rule][] = [
  [
    TOO_MANY,
    (_card, nodes) => over(nodes.filter((node) => typeof node.tag === 'string').length, MAX_ELEMENTS, 'elements'),
  ],
  [INVALID, (card) => over(depthOf(isObject(card.body) ? card.body.elements : []), MAX_DEPTH, 'levels of nesting')],
  [INVALID, (_card, nodes) => over(nodes.filter((node) => node.tag === 'table').length, MAX_TABLES, 'tables')],
  [
    INVALID,
    (_card, nodes) =>
      twice(
        nodes.map((node) => node.element_id),
        'element_id',
      ),
  ],
  [
    INVALID,
    (_card, nodes) =>
      twice(
        nodes.filter((node) => NAMED.test(String(node.tag))).map((node) => node.name),
        'name',
      ),
  ],
  [INVALID, (_card, nodes) => first(nodes, submitProblem)],
  [INVALID, (_card, nodes) => first(nodes, optionProblem)],
  [INVALID, (_card, nodes) => first(nodes, markdownProblem)],
  [INVALID, (card, nodes) => first(nodes, (node) => styleProblem(card, node))],
  [200914, (_card, nodes) => first(nodes, tableProblem)],
];

/** What closed schemas cannot say: counts, uniqueness, references inside the card, people. */
export function wholeCardProblem(card: Node, knowsPerson: (id: string) => boolean): CardProblem | undefined {
  const nodes = nodesOf(card);
  for (const [code, rule] of RULES) {
    const message = rule(card, nodes);
    if (message !== undefined) return { code, message };
  }
  const stranger = nodes.flatMap(personIds).find((id) => id !== 'all' && !knowsPerson(id));
  return stranger === undefined ? undefined : { code: UNKNOWN_PERSON, message: `there is no person ${stranger}` };
}

const over = (count: number, limit: number, what: string) =>
  count > limit ? `${count} ${what}, more than ${limit}` : undefined;

const twice = (values: unknown[], what: string) => {
  const [value] = repeated(values.filter((entry) => entry !== undefined));
  return value === undefined ? undefined : `${what} ${JSON.stringify(value)} is used twice`;
};

function first(nodes: Node[], problem: (node: Node) => string | undefined): string | undefined {
  for (const node of nodes) {
    const found = problem(node);
    if (found !== undefined) return found;
  }
  return undefined;
}

function submitProblem(node: Node): string | undefined {
  if (node.tag !== 'form') return undefined;
  const submits = nodesOf({ body: node }).some(
    (inner) => inner.tag === 'button' && inner.form_action_type === 'submit',
  );
  return submits ? undefined : `the form ${JSON.stringify(node.name)} has no button with form_action_type submit`;
}

function optionProblem(node: Node): string | undefined {
  if (!/^(?:multi_)?select_(?:static|person)$/.test(String(node.tag))) return undefined;
  const values = list(node.options).map((option) => option.value);
  const chosen: unknown[] = Array.isArray(node.selected_values) ? node.selected_values : [];
  if (node.tag === 'select_person' && node.initial_option !== undefined) chosen.push(node.initial_option);
  const strange = values.length === 0 ? [] : chosen.filter((value) => !values.includes(value));
  if (strange.length > 0) return `${JSON.stringify(strange[0])} is not the value of an option`;
  return String(node.tag).endsWith('static') ? twice(values, 'option value') : undefined;
}

function markdownProblem(node: Node): string | undefined {
  if (node.tag !== 'markdown') return undefined;
  const texts = [node.content, ...(isObject(node.i18n_content) ? Object.values(node.i18n_content) : [])];
  const most = Math.max(...texts.map((text) => (typeof text === 'string' ? markdownTables(text) : 0)));
  return over(most, MAX_MARKDOWN_TABLES, 'tables in one markdown component');
}

/** Rows of dashes under a row with a bar. */
function markdownTables(text: string): number {
  const lines = text.split('\n');
  const isDelimiter = (line: string) => line.includes('|') && line.includes('-') && /^[\s|:-]+$/.test(line);
  return lines.filter((line, index) => index > 0 && isDelimiter(line) && lines[index - 1]?.includes('|')).length;
}

const STYLE_KEYS: Record<string, 'text_size' | 'color'> = {
  text_size: 'text_size',
  text_color: 'color',
  color: 'color',
  background_style: 'color',
  background_color: 'color',
  border_color: 'color',
};

const KEYWORDS = new Set(['default', 'laser', 'none', 'neutral']);

function styleProblem(card: Node, node: Node): string | undefined {
  const style = isObject(card.config) && isObject(card.config.style) ? card.config.style : {};
  for (const [key, kind] of Object.entries(STYLE_KEYS)) {
    const value = node[key];
    if (typeof value !== 'string' || KEYWORDS.has(value)) continue;
    const declared = style[kind];
    const isKnown = kind === 'color' ? isBuiltInColor(value) : isBuiltInSize(value);
    if (!isKnown && !(isObject(declared) && Object.hasOwn(declared, value))) {
      return `${key} ${JSON.stringify(value)} is not declared in config.style.${kind}`;
    }
  }
  return undefined;
}

/** Ids in person components and in mentions of markdown. */
function personIds(node: Node): string[] {
  if (node.tag === 'person') return [String(node.user_id)];
  if (node.tag === 'person_list') {
    return node.drop_invalid_user_id === true ? [] : list(node.persons).map((person) => String(person.id));
  }
  if (node.tag !== 'markdown' && node.tag !== 'lark_md') return [];
  const texts = [node.content, ...(isObject(node.i18n_content) ? Object.values(node.i18n_content) : [])];
  return texts.flatMap((text) => (typeof text === 'string' ? mentionedIds(text) : []));
}

function mentionedIds(text: string): string[] {
  const tags = text.matchAll(/<(?:at|person)\s+ids?=['"]?([^\s'">]+)/g);
  return [...tags].flatMap((match) => (match[1] ?? '').split(','));
}

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { CallEntry, ClickOutcome, StoredMessage, Toast } from 'local-feishu';
import { z } from 'zod';
import type { LocalFeishu } from './localFeishu.ts';

const MAX_TAGGED = 200;
const MAX_BYTES = 30 * 1024;
const MAX_TEXT_BYTES = 150 * 1024;
const MAX_LEVELS = 5;
const MAX_CHIPS = 100;
const MAX_COLUMNS = 4;
/** What every name and id of a card may be made of; how long a name may be is not documented. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const LANGUAGES = ['zh_cn', 'en_us'] as const;

type Node = Record<string, unknown>;

const Schema = z.record(z.string(), z.unknown());
const schema = Schema.parse(JSON.parse(readFileSync(new URL('./card-v2.schema.json', import.meta.url), 'utf8')));
const matches = new Ajv2020({ allErrors: true }).compile(schema);

/** Everything that is wrong with a card: first by the strict schema, then what a schema cannot say. Empty when it is good. */
export function problemsOf(card: Node): string[] {
  return [
    ...schemaProblems(card),
    ...sizeProblems(card),
    ...nestingProblems(listOf(nodeOf(card.body).elements), 1),
    ...repeated(card, 'name'),
    ...repeated(card, 'element_id'),
    ...nodesIn(card).flatMap(formProblems),
    ...nodesIn(card).flatMap(nameProblems),
    ...textProblems(card),
  ];
}

/** Throws unless the card is good; `where` says which one it is. */
export function checkCard(card: Node, where: string): void {
  const problems = problemsOf(card);
  if (problems.length > 0) throw new Error(`${where} is not a good card:\n  ${problems.join('\n  ')}\n${json(card)}`);
}

/** Every card in every version, also those that Feishu did not take, and every toast. */
export function checkEverything(sandbox: LocalFeishu, outcomes: readonly ClickOutcome[]): void {
  for (const message of sandbox.messages()) if (message.senderKind === 'bot') checkMessage(message);
  for (const call of sandbox.calls.all()) checkCall(call);
  for (const { toast } of outcomes) if (toast) checkToast(toast);
}

function checkMessage({ messageId, msgType, history }: StoredMessage): void {
  // Only where a card was refused; `checkCall` sees what it says.
  if (msgType === 'text') return;
  if (msgType !== 'interactive') throw new Error(`the bot sent a message of type ${msgType}`);
  for (const [at, card] of history.entries()) checkCard(card, `version ${at + 1} of ${messageId}`);
}

function checkCall({ method, path, requestBody }: CallEntry): void {
  const { content, card, msg_type } = nodeOf(requestBody);
  if (msg_type === 'text') checkText(String(nodeOf(JSON.parse(String(content))).text));
  else if (typeof content === 'string') checkCard(nodeOf(JSON.parse(content)), `the card of ${method} ${path}`);
  if (isNode(card)) checkCard(card, `the card of ${method} ${path}`);
}

/** Everything that is wrong with a text that takes the place of a card that Feishu refused. */
export function checkText(text: string): void {
  const isWhole = text.includes('没有接受这张卡片') && text.includes('did not take this card');
  if (!isWhole) throw new Error(`a text does not say why it is one: ${text}`);
  if (Buffer.byteLength(json(text)) > MAX_TEXT_BYTES) throw new Error('a text is too long');
  const marked = /<|\]\(|&#\d+;/.exec(text);
  if (marked) throw new Error(`a text may be read as markup: ${text.slice(marked.index, marked.index + 60)}`);
}

function checkToast(toast: Toast): void {
  const { zh_cn: chinese, en_us: english } = toast.i18n ?? {};
  if (!toast.content || !chinese || !english) throw new Error(`not in both languages: ${json(toast)}`);
}

const json = (value: unknown): string => JSON.stringify(value) ?? '';
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const nodeOf = (value: unknown): Node => (isNode(value) ? value : {});
const listOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

/** A node and all nodes inside it; the value of a callback and the rows of a table are data, not nodes. */
function nodesIn(node: Node): Node[] {
  const inner = Object.entries(node).filter(([key, value]) => !(key === 'value' && isNode(value)) && key !== 'rows');
  return [node, ...inner.flatMap(([, value]) => (isNode(value) ? [value] : listOf(value))).flatMap(nodesIn)];
}

function schemaProblems(card: Node): string[] {
  if (matches(card)) return [];
  return (matches.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${json(params)}`,
  );
}

function sizeProblems(card: Node): string[] {
  const text = json(card);
  const sizes = { raw: Buffer.byteLength(text), escaped: Buffer.byteLength(json(text)) };
  const chips = nodesIn(card).reduce((count, node) => count + listOf(node.persons).length, 0);
  const tagged = nodesIn(card).filter((node) => typeof node.tag === 'string').length;
  return [
    ...(sizes.raw >= MAX_BYTES ? [`${sizes.raw} bytes`] : []),
    ...(sizes.escaped >= MAX_BYTES ? [`${sizes.escaped} bytes as the content of a message`] : []),
    ...(tagged > MAX_TAGGED ? [`${tagged} tagged elements`] : []),
    ...(chips > MAX_CHIPS ? [`${chips} chips of people`] : []),
    ...nodesIn(card).flatMap(({ columns }) =>
      listOf(columns).length > MAX_COLUMNS ? [`${listOf(columns).length} columns in a row`] : [],
    ),
  ];
}

/** The columns of a set are on its level, what is in them is one below. */
function nestingProblems(elements: Node[], level: number): string[] {
  if (elements.length > 0 && level > MAX_LEVELS) return [`nested ${level} levels deep`];
  return elements.flatMap((node) => {
    const inner = [...listOf(node.elements), ...listOf(node.columns).flatMap((column) => listOf(column.elements))];
    return nestingProblems(inner, level + 1);
  });
}

function repeated(card: Node, key: 'name' | 'element_id'): string[] {
  const values = nodesIn(card)
    .filter((node) => typeof node.tag === 'string' && typeof node[key] === 'string')
    .map((node) => node[key]);
  return values.filter((value, at) => values.indexOf(value) < at).map((value) => `${key} ${json(value)} is used twice`);
}

function formProblems(node: Node): string[] {
  if (node.tag !== 'form') return [];
  const submits = nodesIn(node).filter((inner) => inner.tag === 'button' && inner.form_action_type === 'submit');
  if (submits.length !== 1) return [`the form ${json(node.name)} has ${submits.length} buttons that submit it`];
  const calls = listOf(submits[0]?.behaviors).some(({ type }) => type === 'callback');
  return calls ? [] : [`the button of the form ${json(node.name)} carries no value`];
}

const nameProblems = ({ tag, name }: Node): string[] =>
  typeof tag !== 'string' || name === undefined || (typeof name === 'string' && NAME.test(name))
    ? []
    : [`the name ${json(name)} of a ${tag} has other characters than letters, digits and underscores, or too many`];

const TEXTS: ReadonlySet<unknown> = new Set(['plain_text', 'markdown', 'lark_md']);

function textProblems(card: Node): string[] {
  const texts = nodesIn(card).filter((node) => TEXTS.has(node.tag));
  const summary = nodeOf(card.config).summary;
  return [...texts, ...(isNode(summary) ? [summary] : [])].flatMap((text) => {
    const translations = nodeOf(text.i18n_content);
    const empty = LANGUAGES.filter((language) => isBlank(translations[language]));
    const missing = isBlank(text.content) ? ['content', ...empty] : empty;
    return missing.map((what) => `a text has no ${what}: ${json(text)}`);
  });
}

const isBlank = (text: unknown): boolean => typeof text !== 'string' || text.trim() === '';

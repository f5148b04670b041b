import { z } from 'zod';
import { OpenId } from '../domain/ids.ts';
import { isObject } from '../lib/json.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { type CardJson, fitsLimits, plainText, sentence } from './kit.ts';
import { md, plain } from './text.ts';

/** The names of people, as far as they are known. */
export type KnownNames = ReadonlyMap<OpenId, string>;

/** Why Feishu has not taken a card. */
export interface CardRefusal {
  code: number | undefined;
  logId: string | undefined;
}

type Node = Readonly<Record<string, unknown>>;

const Card = z.record(z.string(), z.unknown());
const Persons = z.object({ persons: z.array(z.object({ id: OpenId })) });
const Offer = z.object({ options: z.array(z.looseObject({ value: OpenId, text: z.undefined().optional() })).min(1) });

/** A person inside markdown, as a chip or as a mention. */
const PERSON_TAG = /<(?:person|at)\s+id=['"]?([A-Za-z0-9_-]+)['"]?[^>]*><\/(?:person|at)>/g;

/** Everybody whom a card shows as a chip, mentions or offers. */
export function peopleIn(card: CardJson): OpenId[] {
  const found = new Set<OpenId>();
  mapNodes(card, (node) => {
    for (const id of peopleOf(node)) found.add(id);
    return node;
  });
  return [...found];
}

function peopleOf(node: Node): OpenId[] {
  switch (node.tag) {
    case 'person_list':
      return (Persons.safeParse(node).data?.persons ?? []).map(({ id }) => id);
    case 'multi_select_person':
      return (Offer.safeParse(node).data?.options ?? []).map(({ value }) => value);
    case 'markdown':
      return textsOf(node).flatMap((text) => [...text.matchAll(PERSON_TAG)].map(([, id]) => OpenId.parse(id)));
    default:
      return [];
  }
}

/**
 * The same card with people's names as text in place of chips and mentions: one of somebody who has left the company can
 * be why Feishu does not take it. Undefined when it shows nobody, or when it would be too large.
 */
export function withoutChips(card: CardJson, names: KnownNames): CardJson | undefined {
  if (peopleIn(card).length === 0) return undefined;
  const result = Card.parse(mapNodes(card, (node) => named(node, names)));
  return fitsLimits(result) ? result : undefined;
}

const nameOf = (id: OpenId, names: KnownNames): string => names.get(id) || id;

function named(node: Node, names: KnownNames): Node {
  if (node.tag === 'person_list') return sentence(namesIn(node, names));
  if (node.tag === 'multi_select_person') return withNamedOptions(node, names);
  if (node.tag !== 'markdown') return node;
  const inMarkdown = (text: unknown): unknown =>
    typeof text === 'string'
      ? text.replace(PERSON_TAG, (_, id) => md`${nameOf(OpenId.parse(id), names)}`.markdown)
      : text;
  const { i18n_content: translated } = node;
  return {
    ...node,
    content: inMarkdown(node.content),
    ...(isObject(translated) && {
      i18n_content: Object.fromEntries(
        Object.entries(translated).map(([language, text]) => [language, inMarkdown(text)]),
      ),
    }),
  };
}

function namesIn(node: Node, names: KnownNames): Phrase {
  const shown = (Persons.safeParse(node).data?.persons ?? []).map(({ id }) => plain`${nameOf(id, names)}`);
  return phrase(shown.join('、'), shown.join(', '));
}

/** A choice that brings the same values. Without options the client offers the members of the chat: that stays. */
function withNamedOptions(node: Node, names: KnownNames): Node {
  const offer = Offer.safeParse(node).data;
  if (!offer) return node;
  const options = offer.options.map(({ value }) => {
    const name = plain`${nameOf(value, names)}`;
    return { value, text: plainText(phrase(name, name)) };
  });
  return { ...node, tag: 'multi_select_static', options };
}

/** What a card says, as the text of a message in both languages, and why it is one. */
export function asText(card: CardJson, names: KnownNames, refusal: CardRefusal): string {
  const plainCard = mapNodes(card, (node) => named(node, names));
  const allIn = (language: 'zh_cn' | 'en_us') =>
    linesOf([Object(plainCard).header, Object(plainCard).body], language).join('\n');
  const note = refusedNote(refusal);
  return [allIn('zh_cn'), note.zh, '', allIn('en_us'), note.en].join('\n');
}

/** That a card could not be shown, where not even its text can. */
export function noteOnly(refusal: CardRefusal): string {
  const { zh, en } = refusedNote(refusal);
  return `${zh}\n${en}`;
}

function refusedNote({ code, logId }: CardRefusal): Phrase {
  const log = logId ?? '—';
  return phrase(
    `—— 飞书没有接受这张卡片（错误码 ${code ?? '—'}，日志 ${log}），所以只能用文字回复，没有按钮。还没有确认的修改不会写入；已经写入的，可发送 /skill history 查看。`,
    `— Feishu did not take this card (code ${code ?? '—'}, log ${log}), so it comes as text, without its buttons. Nothing that still had to be confirmed is written; send /skill history to see what was.`,
  );
}

/** Texts of buttons and of fields make no sense without them. */
const CONTROLS: ReadonlySet<unknown> = new Set([
  'button',
  'input',
  'select_static',
  'multi_select_static',
  'select_person',
  'multi_select_person',
]);

function linesOf(value: unknown, language: 'zh_cn' | 'en_us'): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => linesOf(item, language));
  if (!isNode(value)) return [];
  if (CONTROLS.has(value.tag)) return linkIn(value);
  const { i18n_content: translated, ...rest } = value;
  const text = isNode(translated) ? translated[language] : undefined;
  if (typeof text === 'string') return [harmless(value.tag === 'markdown' ? readable(text) : text)];
  return Object.values(rest).flatMap((part) => linesOf(part, language));
}

const Link = z.object({ behaviors: z.array(z.object({ type: z.literal('open_url'), default_url: z.url() })).min(1) });

/** Of a button that opens a page the page is left. */
const linkIn = (control: Node): string[] =>
  (Link.safeParse(control).data?.behaviors ?? []).map(({ default_url }) => default_url);

/** What a reader sees of the markdown that the bot makes. */
const readable = (markdown: string): string =>
  markdown
    .replace(/<br>/g, '\n')
    .replace(/<local_datetime millisecond='(\d+)' format_type='date_num'><\/local_datetime>/g, (_, at) => utc(at).day)
    .replace(/<local_datetime millisecond='(\d+)' format_type='time'><\/local_datetime>/g, (_, at) => utc(at).time)
    .replace(/<[^>]*>/g, '')
    .replaceAll('**', '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

/** A text cannot show a moment in the zone of its reader. */
function utc(at: string): { day: string; time: string } {
  const [day = '', time = ''] = new Date(Number(at)).toISOString().split('T');
  return { day, time: `${time.slice(0, 5)} UTC` };
}

/** In the text of a message a tag may be a mention, and brackets before a parenthesis a link (im-v1/message/create_json). */
const harmless = (text: string): string => text.replaceAll('<', '＜').replaceAll('](', '] (');

const isNode = (value: unknown): value is Node => isObject(value) && !Array.isArray(value);

const textsOf = ({ content, i18n_content: translated }: Node): string[] =>
  [content, ...(isNode(translated) ? Object.values(translated) : [])].filter((text) => typeof text === 'string');

/** The same structure, each object in it replaced, those inside first. What a control calls back with is no node. */
function mapNodes(value: unknown, replace: (node: Node) => Node): unknown {
  if (Array.isArray(value)) return value.map((item) => mapNodes(item, replace));
  if (!isNode(value)) return value;
  const inner = Object.entries(value).map(([key, part]) => [key, key === 'behaviors' ? part : mapNodes(part, replace)]);
  return replace(Object.fromEntries(inner));
}

import { z } from 'zod';
import { withoutScheme } from '../commands/parse/links.ts';
import { jsonOrUndefined } from '../lib/json.ts';
import { isDeeperThan } from '../lib/nesting.ts';
import { MAX_DEPTH } from './envelope.ts';

/** What a message says, and what it holds that is no text. */
export interface MessageText {
  /** Lines of text; mentions stay as their keys. Empty for messages without text, such as files. */
  text: string;
  /** The heading of a post whose text says something itself. */
  title?: string;
  /** The kinds of nodes of a post that have no text to read: `img`. */
  unread?: string[];
}

const NOTHING: MessageText = { text: '' };

const TextContent = z.object({ text: z.string() });
const PostContent = z.object({ title: z.string().nullish(), content: z.array(z.unknown()) });
const Fields = z.record(z.string(), z.unknown());

/** Reads the content of a message (im-v1/message/events/message_content). */
export function messageText(type: string, content: string): MessageText {
  const parsed = jsonOrUndefined(content);
  if (isDeeperThan(parsed, MAX_DEPTH)) return NOTHING;
  if (type === 'text') return { text: TextContent.safeParse(parsed).data?.text ?? '' };
  const post = type === 'post' ? postIn(parsed) : undefined;
  return post ? postText(post) : NOTHING;
}

/** Which languages are looked for first where a post comes in several. */
const LOCALES = ['zh_cn', 'en_us', 'ja_jp'];

/** A post as it stands, or as some clients send it: `{"zh_cn":{…}}`, `{"post":{"zh_cn":{…}}}`. */
function postIn(parsed: unknown): z.infer<typeof PostContent> | undefined {
  const direct = PostContent.safeParse(parsed).data;
  if (direct) return direct;
  const fields = Fields.safeParse(parsed).data;
  if (!fields) return undefined;
  if (fields.post !== undefined) return postIn(fields.post);
  for (const value of [...LOCALES.map((locale) => fields[locale]), ...Object.values(fields)]) {
    const localized = PostContent.safeParse(value).data;
    if (localized) return localized;
  }
  return undefined;
}

/** A heading that begins as a command does is its first line. */
const BEGINS_COMMAND = /^\s*[/／、]/u;

function postText(post: z.infer<typeof PostContent>): MessageText {
  const unread = new Set<string>();
  const body = post.content.map((row) => rowText(row, unread)).join('\n');
  const title = post.title ?? '';
  const beside = unread.size > 0 ? { unread: [...unread].slice(0, MAX_UNREAD) } : {};
  if (title.trim() === '') return { text: body, ...beside };
  if (body.trim() === '') return { text: title, ...beside };
  return BEGINS_COMMAND.test(title) ? { text: `${title}\n${body}`, ...beside } : { text: body, title, ...beside };
}

const MAX_UNREAD = 5;

/** The nodes of one paragraph. Formatting is left out; a code block has lines of its own, and so have paragraphs in one. */
function rowText(row: unknown, unread: Set<string>): string {
  if (Array.isArray(row) && row.length > 1 && row.every(Array.isArray)) {
    return row.map((inner) => rowText(inner, unread)).join('\n');
  }
  let text = '';
  let isKey = false;
  for (const node of Array.isArray(row) ? row : [row]) {
    const said = anyText(node, unread);
    // A digit right after a key would make another key of it.
    text += isKey && /^\d/.test(said) ? ` ${said}` : said;
    isKey = said === '' ? isKey : Fields.safeParse(node).data?.tag === 'at';
  }
  return text;
}

/** What a node says, in whatever form it comes: null says nothing, and what has no text is noted. */
function anyText(node: unknown, unread: Set<string>): string {
  if (node === null || node === undefined) return '';
  if (typeof node === 'string') return node;
  if (typeof node === 'number' || typeof node === 'boolean') return String(node);
  if (Array.isArray(node)) return rowText(node, unread);
  const fields = Fields.safeParse(node).data;
  if (!fields) return '';
  const said = nodeText(fields);
  if (said !== undefined) return said;
  unread.add(stringOf(fields.tag).slice(0, MAX_TAG_LENGTH));
  return '';
}

/** Undefined when a node has no text to read. */
function nodeText(node: Record<string, unknown>): string | undefined {
  const { tag, href, emoji_type } = node;
  switch (tag) {
    case 'a':
      return saidIn(node) ?? (typeof href === 'string' ? withoutScheme(href) : undefined);
    case 'at':
      return mentionText(node);
    case 'emotion':
      return typeof emoji_type === 'string' ? `[${emoji_type}]` : saidIn(node);
    case 'code_block': {
      const code = saidIn(node) ?? blankIn(node);
      return code === undefined ? undefined : `\n${code}\n`;
    }
    case 'hr':
      return '';
    case 'img':
    case 'media':
      return undefined;
    default:
      return saidIn(node) ?? blankIn(node);
  }
}

/** Where nodes have their text, whatever their kind. */
const TEXT_FIELDS = ['text', 'content', 'name'];

const textsIn = (node: Record<string, unknown>): string[] =>
  TEXT_FIELDS.map((field) => node[field]).filter((value) => typeof value === 'string');

const saidIn = (node: Record<string, unknown>): string | undefined =>
  textsIn(node).find((value) => value.trim() !== '');

/** A space between two nodes is a node, too; one that says something elsewhere is none. */
const blankIn = (node: Record<string, unknown>): string | undefined =>
  Object.entries(node).some(([field, value]) => !SILENT_FIELDS.has(field) && isSaid(value))
    ? undefined
    : textsIn(node)[0];

/** What these hold is not shown to readers. */
const SILENT_FIELDS: ReadonlySet<string> = new Set(['tag', 'style', 'language', 'un_escape', 'href']);

const isSaid = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');

const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The key that stands for somebody; everybody has no key in posts, and somebody without an id has only a name. */
function mentionText({ user_id, user_name }: Record<string, unknown>): string | undefined {
  if (user_id === 'all') return '@_all';
  const key = stringOf(user_id);
  if (key !== '') return key;
  return typeof user_name === 'string' && user_name.trim() !== '' ? `@${user_name}` : undefined;
}

const MAX_TAG_LENGTH = 40;

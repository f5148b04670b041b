import { z } from 'zod';
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

/** The nodes of one paragraph. Formatting is left out; a code block has lines of its own. */
function rowText(row: unknown, unread: Set<string>): string {
  let text = '';
  let isKey = false;
  for (const node of Array.isArray(row) ? row : [row]) {
    const fields = Fields.safeParse(node).data;
    if (!fields) continue;
    const said = nodeText(fields, unread);
    // A digit right after a key would make another key of it.
    text += isKey && /^\d/.test(said) ? ` ${said}` : said;
    isKey = said === '' ? isKey : fields.tag === 'at';
  }
  return text;
}

function nodeText(node: Record<string, unknown>, unread: Set<string>): string {
  const { tag, text, href, emoji_type } = node;
  switch (tag) {
    case 'text':
      return stringOf(text);
    case 'a':
      return stringOf(text) || stringOf(href);
    case 'at':
      return mentionText(node);
    case 'emotion':
      return typeof emoji_type === 'string' ? `[${emoji_type}]` : '';
    case 'code_block':
      return `\n${stringOf(text)}\n`;
    case 'hr':
      return '';
    default:
      return otherText(node, unread);
  }
}

const stringOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The key that stands for somebody; everybody has no key in posts, and somebody without an id has only a name. */
function mentionText({ user_id, user_name }: Record<string, unknown>): string {
  if (user_id === 'all') return '@_all';
  const key = stringOf(user_id);
  if (key !== '') return key;
  return typeof user_name === 'string' && user_name !== '' ? `@${user_name}` : '';
}

const PICTURES: readonly unknown[] = ['img', 'media'];
/** Where nodes of other kinds, `md` among them, have their text. */
const TEXT_FIELDS = ['text', 'content', 'name'];

function otherText(node: Record<string, unknown>, unread: Set<string>): string {
  const found = PICTURES.includes(node.tag)
    ? undefined
    : TEXT_FIELDS.map((field) => node[field]).find((value) => typeof value === 'string');
  if (typeof found === 'string') return found;
  unread.add(stringOf(node.tag).slice(0, MAX_TAG_LENGTH));
  return '';
}

const MAX_TAG_LENGTH = 40;

import { z } from 'zod';
import { jsonOrUndefined } from '../lib/json.ts';
import { isDeeperThan } from '../lib/nesting.ts';
import { MAX_DEPTH } from './envelope.ts';

const TextContent = z.object({ text: z.string() });

const PostContent = z.object({
  title: z.string().optional(),
  content: z.array(z.array(z.record(z.string(), z.unknown()))),
});

/**
 * What a message says, as lines; mentions stay as their keys (im-v1/message/events/message_content).
 * Empty for messages without text, such as files.
 */
export function messageText(type: string, content: string): string {
  const parsed = jsonOrUndefined(content);
  if (isDeeperThan(parsed, MAX_DEPTH)) return '';
  if (type === 'text') return TextContent.safeParse(parsed).data?.text ?? '';
  if (type !== 'post') return '';
  const post = PostContent.safeParse(parsed).data;
  if (!post) return '';
  const lines = post.content.map((nodes) => nodes.map(nodeText).join('')).join('\n');
  return lines.trim() === '' ? (post.title ?? '') : lines;
}

/** Formatting is left out, links are their text, people their keys. */
function nodeText(node: Record<string, unknown>): string {
  const { tag, text, user_id } = node;
  if (tag === 'at') return typeof user_id === 'string' ? user_id : '';
  return (tag === 'text' || tag === 'a') && typeof text === 'string' ? text : '';
}

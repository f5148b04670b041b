import type { ShownMessage } from '../../control/snapshot.ts';
import { isObject, parseJson } from '../../json.ts';
import { type Language, objectOf, wordsOf } from '../lib/reading.ts';

/** One line about a message, for the list of conversations. */
export function summaryOf(message: ShownMessage, language: Language): string {
  if (!message.card) return textOfMessage(message);
  const summary = wordsOf(objectOf(message.card.config).summary, language);
  return summary || wordsOf(objectOf(message.card.header).title, language);
}

/** The words of a text or rich-text message, with names in place of the placeholders of mentions. */
export function textOfMessage({ msgType, content, mentions }: ShownMessage): string {
  const body = parseJson(content);
  const written = msgType === 'post' ? postText(body) : isObject(body) ? String(body.text ?? '') : content;
  return mentions.reduce((text, { key, name }) => text.replace(key, `@${name}`), written).replace('@_all', '@all');
}

function postText(body: unknown): string {
  const lines = isObject(body) && Array.isArray(body.content) ? body.content : [];
  return lines.map((line: unknown) => (Array.isArray(line) ? line.map(piece).join('') : '')).join('\n');
}

const piece = (node: unknown): string => {
  if (!isObject(node)) return '';
  return node.tag === 'at' ? String(node.user_id ?? '') : String(node.text ?? '');
};

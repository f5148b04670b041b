import type { Mention } from '../../store/delivery.ts';
import { splitWords, type Word } from './words.ts';

/** A `/skill` line: what comes after the head, as text and as words of that text. */
export interface CommandLine {
  /** The first word after `/skill`; undefined when there is none. */
  verb: string | undefined;
  /** The text after the verb; words carry positions in it. */
  text: string;
  words: Word[];
}

const HEADS: ReadonlySet<string> = new Set(['skill', '技能']);

/** Zero-width characters that editors leave behind. */
const INVISIBLE = /[\u200b\u200c\u2060\ufeff]/gu;

/**
 * The command in a message, if it is one: the first line that is not empty, after mentions of bots.
 * The slash and the word may be full-width, as Chinese input methods write them.
 */
export function readLine(text: string, mentions: readonly Mention[]): CommandLine | undefined {
  const first = firstLine(withoutLinks(text.replace(INVISIBLE, '')), mentions);
  const head = /^[/／]([^\s/／]+)(?=\s|$)/u.exec(first);
  const word = head?.[1]?.normalize('NFKC').toLowerCase();
  if (!head || word === undefined || !HEADS.has(word)) return undefined;
  const people = mentions.filter((mention) => !mention.is_bot);
  const rest = withoutBots(first.slice(head[0].length), mentions).trim();
  const [verb] = splitWords(rest, people);
  if (verb?.kind !== 'text') return { verb: undefined, text: rest, words: splitWords(rest, people) };
  const after = rest.slice(verb.end).trim();
  return { verb: verb.text.normalize('NFKC').toLowerCase(), text: after, words: splitWords(after, people) };
}

function firstLine(text: string, mentions: readonly Mention[]): string {
  for (const line of text.split('\n')) {
    const content = withoutLeadingBots(line.trim(), mentions);
    if (content !== '') return content;
  }
  return '';
}

function withoutLeadingBots(line: string, mentions: readonly Mention[]): string {
  const [first] = splitWords(line, mentions);
  if (first?.kind !== 'mention' || !first.mention.is_bot) return line;
  return withoutLeadingBots(line.slice(first.end).trim(), mentions);
}

/** A bot holds no skills: mentioning one only says whom the command is for. */
function withoutBots(text: string, mentions: readonly Mention[]): string {
  let result = '';
  let from = 0;
  for (const word of splitWords(text, mentions)) {
    if (word.kind !== 'mention' || !word.mention.is_bot) continue;
    result += text.slice(from, word.start);
    from = word.end;
  }
  return result + text.slice(from);
}

/** Feishu writes links as `[label](address)` (im-v1/message/events/message_content); a person typed the label. */
const withoutLinks = (text: string): string => text.replace(/\[([^\]\n]*)\]\((?:https?:|mailto:)[^)\s]*\)/gu, '$1');

/** A text with the people's names where their mentions stand. */
export function withNames(text: string, words: readonly Word[]): string {
  let result = '';
  let from = 0;
  for (const word of words) {
    if (word.kind !== 'mention') continue;
    result += `${text.slice(from, word.start)}@${word.mention.name}`;
    from = word.end;
  }
  return result + text.slice(from);
}

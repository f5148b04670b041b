import type { Mention } from '../../store/delivery.ts';
import { splitWords, type Word } from './words.ts';

/** A `/skill` line: what comes after the head, as text and as words of that text. */
export interface CommandLine {
  /** The first word after `/skill`; undefined when there is none. */
  verb: string | undefined;
  /** The text after the verb; words carry positions in it. */
  text: string;
  words: Word[];
  /** Whom the line mentions; bots are left out of it. */
  people: readonly Mention[];
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
  const head = /^[/／]([^\s/／@]+)(?=\s|@_|$)/u.exec(first);
  const word = head?.[1]?.normalize('NFKC').toLowerCase();
  if (!head || word === undefined || !HEADS.has(word)) return undefined;
  const people = mentions.filter((mention) => !mention.is_bot);
  const rest = withoutBots(first.slice(head[0].length), mentions).trim();
  const [verb] = splitWords(rest, people);
  if (verb?.kind !== 'text') return { verb: undefined, text: rest, words: splitWords(rest, people), people };
  const after = rest.slice(verb.end).trim();
  return { verb: verb.text.normalize('NFKC').toLowerCase(), text: after, words: splitWords(after, people), people };
}

function firstLine(text: string, mentions: readonly Mention[]): string {
  for (const line of text.split('\n')) {
    const content = withoutLeadingBots(line.trim(), mentions);
    if (content !== '') return content;
  }
  return '';
}

function withoutLeadingBots(line: string, mentions: readonly Mention[]): string {
  const first = splitWords(line, mentions).find((word) => word.kind !== 'mention' || !word.mention.is_bot);
  return first ? line.slice(first.start) : '';
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

/**
 * Feishu writes links as `[label](address)` (im-v1/message/events/message_content); a person typed the label.
 * Both are bounded, or a long line of brackets would be searched again from each of them.
 */
const withoutLinks = (text: string): string =>
  text.replace(/\[([^[\]\n]*)\]\((?:https?:|mailto:)[^)\s]{0,2048}\)/gu, '$1');

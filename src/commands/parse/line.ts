import { withoutInvisible } from '../../skills/writable.ts';
import type { Mention } from '../../store/delivery.ts';
import { splitWords, type Word, withNames } from './words.ts';

/** A `/skill` line: what comes after the head, as text and as words of that text. */
export interface CommandLine {
  /** The first word after `/skill`, folded; undefined when there is none. */
  verb: string | undefined;
  /** The text after the verb; words carry positions in it. */
  text: string;
  words: Word[];
  /** Whom the line mentions; bots are left out of it. */
  people: readonly Mention[];
  /** The words of each line below: people are often listed there. */
  below: Word[][];
  /** Everything after `/skill` as it was typed, with the people's names. */
  typed: string;
  /** Whether a further line of the message is a command, too. */
  isOneOfSeveral: boolean;
}

const HEADS: ReadonlySet<string> = new Set(['skill', '技能']);

/** Zero-width characters that editors leave behind. Within a word they are its own, and not taken away. */
const INVISIBLE = /[\u200b\u2060\ufeff]+/gu;

/** Without zero-width characters at the ends of words and around mentions. Looks at each character once. */
const withoutStray = (text: string): string =>
  text.replace(INVISIBLE, (run, at: number) => {
    const [before = ' ', after = ' '] = [text[at - 1], text[at + run.length]];
    return /\s/u.test(before) || /[\s@]/u.test(after) ? '' : run;
  });

/**
 * The command in a message, if it is one: the first line that is not empty, after mentions of bots.
 * The slash and the word may be full-width, as Chinese input methods write them.
 */
export function readLine(text: string, mentions: readonly Mention[]): CommandLine | undefined {
  const [first = '', ...further] = linesOf(withoutLinks(withoutStray(text)), mentions);
  const after = afterHead(first);
  if (after === undefined) return undefined;
  const people = mentions.filter((mention) => !mention.is_bot);
  const rest = withoutBots(after, mentions).trim();
  const [word] = splitWords(rest, people);
  const verb = word?.kind === 'text' ? word : undefined;
  const own = rest.slice(verb?.end ?? 0).trim();
  return {
    verb: verb && folded(verb.text),
    ...{ text: own, words: splitWords(own, people), people },
    below: further.map((line) => splitWords(line, people)),
    typed: withNames(rest, people).replaceAll('@_all', '@all'),
    isOneOfSeveral: further.some((line) => afterHead(line) !== undefined),
  };
}

/** Characters that draw nothing say nothing in front of a command, nor within it. */
const HEAD = /^\p{Default_Ignorable_Code_Point}*[/／]((?:[^\s/／@]|\ufeff)+)(?=\s|@_|$)/u;

/** What follows `/skill`; undefined when the line does not begin with it. */
function afterHead(line: string): string | undefined {
  const head = HEAD.exec(line);
  const word = withoutInvisible(head?.[1] ?? '')
    .normalize('NFKC')
    .toLowerCase();
  return head && HEADS.has(word) ? line.slice(head[0].length) : undefined;
}

/** As commands are compared; a sentence may end with one. */
function folded(verb: string): string {
  const bare = withoutInvisible(verb);
  // No command has a sign in its name that is put together with such characters.
  const word = (/^[\p{L}-]+$/u.test(bare) ? bare : verb).normalize('NFKC').toLowerCase();
  return word.replace(/[。.,:!?、]{1,3}$/u, '') || word;
}

/** The lines that are not empty, without the bots that they begin with. */
const linesOf = (text: string, mentions: readonly Mention[]): string[] =>
  text
    .split('\n')
    .map((line) => withoutLeadingBots(line.trim(), mentions))
    .filter((line) => line !== '');

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

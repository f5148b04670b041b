import type { Mention } from '../../domain/delivery.ts';
import { withoutInvisible } from '../../domain/writable.ts';
import { withoutLinks } from './links.ts';
import { type MentionKeys, mentionKeys } from './mentions.ts';
import { firstWord, splitWords, type Word, withNames, withoutLeadingBots } from './words.ts';

/** A `/skill` line: what comes after the head, as text and as words of that text. */
export interface CommandLine {
  /** The first word after `/skill`, folded; undefined when there is none. */
  verb: string | undefined;
  /** The text after the verb; words carry positions in it. */
  text: string;
  words: Word[];
  /** Whom the line mentions; bots are left out of it. */
  people: MentionKeys;
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

/** In so many characters a command has begun, or the message is none for a group. */
const BEGINNING = 8_192;

/**
 * Whether a message begins as a command does. Looks at its beginning only, however long it is: whoever asks this has not
 * acknowledged the message yet. What comes of {@link readLine} counts.
 */
export function beginsCommand(text: string, mentions: readonly Mention[]): boolean {
  const [first = ''] = linesOf(text.slice(0, BEGINNING), mentionKeys(mentions));
  return afterHead(first) !== undefined;
}

/**
 * The command in a message, if it is one: the first line that is not empty, after mentions of bots.
 * The slash and the word may be full-width, as Chinese input methods write them. Takes time with the length of the text and
 * the number of mentions, never with their product.
 */
export function readLine(text: string, mentions: readonly Mention[]): CommandLine | undefined {
  const all = mentionKeys(mentions);
  const [first = '', ...further] = linesOf(text, all);
  const after = afterHead(first);
  if (after === undefined) return undefined;
  const people = mentionKeys(mentions.filter((mention) => !mention.isBot));
  const rest = withoutBots(after, all).trim();
  const word = firstWord(rest, people);
  const verb = word?.kind === 'text' ? word : undefined;
  const own = rest.slice(verb?.end ?? 0).trim();
  return {
    verb: verb && folded(verb.text),
    text: own,
    words: splitWords(own, people),
    people,
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
const linesOf = (text: string, mentions: MentionKeys): string[] =>
  withoutLinks(withoutStray(text))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => withoutLeadingBots(line, mentions))
    .filter((line) => line !== '');

/** A bot holds no skills: mentioning one only says whom the command is for. */
function withoutBots(text: string, mentions: MentionKeys): string {
  let result = '';
  let from = 0;
  for (const word of splitWords(text, mentions)) {
    if (word.kind !== 'mention' || !word.mention.isBot) continue;
    result += text.slice(from, word.start);
    from = word.end;
  }
  return result + text.slice(from);
}

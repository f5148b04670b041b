import type { Mention } from '../../domain/delivery.ts';
import {
  replaceInvisible,
  withoutBreaks,
  withoutDetached,
  withoutInvisible,
  withoutInvisibleAtStart,
} from '../../domain/writable.ts';
import { entriesOf, type ListEntry, type Row } from './lines.ts';
import { withoutLinks } from './links.ts';
import { EVERYONE, endsWithPlaceholder, type MentionKeys, mentionKeys } from './mentions.ts';
import { firstWord, splitWords, type Word, withNames, withoutLeadingBots } from './words.ts';

/** A `/skill` command: what comes after the head, as text and as words of that text. */
export interface CommandLine {
  /** The first word after `/skill`, folded; undefined when there is none. */
  verb: string | undefined;
  /** The text after the verb, on its line or on the next one; words carry positions in it. */
  text: string;
  words: Word[];
  /** Whom the message mentions; bots are left out of it. */
  people: MentionKeys;
  /** The lines below. Whoever reads a command reads them too, or refuses them. */
  below: ListEntry[];
  /** Everything after `/skill` as it was typed, with the people's names. */
  typed: string;
  /** Whether a further line of the message is a command, too. */
  isOneOfSeveral: boolean;
}

const HEADS: ReadonlySet<string> = new Set(['skill', '技能']);

/** In so many characters a command has begun, or the message is none for a group. */
const BEGINNING = 8_192;

/**
 * Whether a message begins as a command does. Looks at its beginning only, however long it is: whoever asks this has not
 * acknowledged the message yet. What comes of {@link readLine} counts.
 */
export function beginsCommand(text: string, mentions: readonly Mention[]): boolean {
  const [first] = rowsOf(text.slice(0, BEGINNING), mentionKeys(mentions));
  return first !== undefined && afterHead(first.text) !== undefined;
}

/**
 * The command in a message, if it is one: the first line that is not empty, after mentions of bots.
 * The slash and the word may be full-width, as Chinese input methods write them. Takes time with the length of the text and
 * the number of mentions, never with their product.
 */
export function readLine(text: string, mentions: readonly Mention[]): CommandLine | undefined {
  const people = mentionKeys(mentions);
  const [first, ...further] = rowsOf(text, people);
  const after = first && afterHead(first.text);
  if (after === undefined) return undefined;
  const rows = further.map((row) => ({ ...row, text: withoutSelf(row.text, people).trim() }));
  const own = withoutInvisibleAtStart(withoutSelf(after, people)).trim();
  const typed = [own, ...rows.map((row) => row.text)].filter((line) => line !== '');
  // What has no place left on its line is on the next one.
  const rest = own || nextOf(rows);
  const word = firstWord(rest, people);
  const verb = word?.kind === 'text' ? word : undefined;
  const said = withoutSelf(rest.slice(verb?.end ?? 0), people).trim() || nextOf(rows);
  return {
    verb: verb && folded(verb.text),
    text: said,
    words: splitWords(said, people),
    people,
    below: entriesOf(rows, people),
    typed: withNames(typed.join(NEXT_LINE), people).replaceAll(EVERYONE, '@all'),
    isOneOfSeveral: further.some((row) => afterHead(row.text) !== undefined),
  };
}

/** Stands between two lines where both are quoted on one. */
const NEXT_LINE = ' ↵ ';

/** Takes the next line away; empty when there is none. */
const nextOf = (rows: Row[]): string => rows.shift()?.text ?? '';

/** The slash, and what the key of the slash gives in Chinese input methods. What draws nothing says nothing here. */
const HEAD = /^\p{Default_Ignorable_Code_Point}*(?:、?[/／]|[/／]?、)((?:[^\s/／、@]|\ufeff)+)(?=\s|@_|$)/u;

/** What follows `/skill`; undefined when the line does not begin with it. */
function afterHead(line: string): string | undefined {
  const head = HEAD.exec(line);
  const word = withoutInvisible(head?.[1] ?? '')
    .normalize('NFKC')
    .toLowerCase();
  return head && HEADS.has(word) ? line.slice(head[0].length) : undefined;
}

/** Every dash but the one of the keyboard. */
const DASHES = /[\u2010-\u2015\u2212\uff0d]+/gu;

/** A verb as commands are compared; a sentence may end with one, and keyboards change its dashes. */
export function folded(verb: string): string {
  const bare = withoutInvisible(verb).replace(DASHES, '-');
  // No command has a sign in its name that is put together with such characters.
  const word = (/^[\p{L}-]+$/u.test(bare) ? bare : verb).normalize('NFKC').toLowerCase();
  return word.replace(/[。.,:!?、]{1,3}$/u, '') || word;
}

/** The lines that say anything, without the bots that they begin with. */
const rowsOf = (text: string, mentions: MentionKeys): Row[] =>
  withoutLinks(withoutStray(text))
    .split('\n')
    .map((line, at) => ({ text: withoutLeadingBots(withoutInvisibleAtStart(line).trim(), mentions), row: at + 1 }))
    .filter((row) => row.text !== '');

/**
 * Without what draws nothing around mentions, and what editors leave at the ends of words. Within a word it is the
 * word's own, and left to whoever reads that.
 */
const withoutStray = (text: string): string =>
  replaceInvisible(text, (run, at) => {
    if (endsWithPlaceholder(text, at)) return '';
    const [before = ' ', after = ' '] = [text[at - 1], text[at + run.length]];
    const kept = after === '@' && text[at + run.length + 1] === '_' ? withoutDetached(run) : run;
    return /\s/u.test(before) || /[\s@]/u.test(after) ? withoutBreaks(kept) : kept;
  });

/** Mentioning the bot at either end of a line only says whom the command is for. Looks at no more than the ends. */
function withoutSelf(text: string, mentions: MentionKeys): string {
  let rest = text;
  for (let word = firstWord(rest, mentions); isSelf(word); word = firstWord(rest, mentions))
    rest = rest.slice(word.end);
  rest = rest.trimEnd();
  for (let at = selfAtEnd(rest, mentions); at >= 0; at = selfAtEnd(rest, mentions)) rest = rest.slice(0, at).trimEnd();
  return rest;
}

const isSelf = (word: Word | undefined): word is Word => word?.kind === 'mention' && word.mention.isSelf === true;

/** Where the mention of the bot begins that a text ends with; below 0 when it ends with none. */
function selfAtEnd(text: string, mentions: MentionKeys): number {
  const at = text.lastIndexOf('@');
  const mention = at < 0 ? undefined : mentions.at(text, at);
  return mention?.isSelf && at + mention.key.length === text.length ? at : -1;
}

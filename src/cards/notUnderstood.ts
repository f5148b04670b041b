import { joined, type Markdown, md, shortened, type Words } from './text.ts';

/** A part of a message that no command can take: it is quoted, never left out. */
export type NotUnderstood =
  /** More than the command takes. */
  | { kind: 'surplus'; text: string; row?: number }
  /** What stands where only people can. */
  | { kind: 'not-an-agent'; pieces: Piece[] }
  /** Words beside the address of somebody who is called otherwise. */
  | { kind: 'not-their-name'; pieces: NamedPiece[] }
  /** The heading of a post with the command in its text. */
  | { kind: 'heading'; text: string }
  /** What has no text, such as pictures: the kinds of Feishu's nodes. */
  | { kind: 'unread'; parts: string[] };

/** Words of a message, and in which line they are where that is not the command's own. */
interface Piece {
  text: string;
  row?: number | undefined;
}

/** Words that are not the name of whose address they stand beside. */
interface NamedPiece extends Piece {
  email: string;
}

/** Which part was not understood, and what was expected there. */
export function notUnderstoodWords(problem: NotUnderstood): Words {
  switch (problem.kind) {
    case 'surplus': {
      const { zh, en } = quoted(problem);
      return { zh: md`多了：${zh}。`, en: md`Not expected here: ${en}.` };
    }
    case 'not-an-agent':
      return notAgents(problem.pieces);
    case 'not-their-name':
      return notTheirNames(problem.pieces);
    case 'heading': {
      const text = shortened(problem.text, QUOTED);
      return {
        zh: md`消息的标题“${text}”不在命令里，所以什么都没有执行。请把它去掉，或写进命令。`,
        en: md`The heading of the message, “${text}”, is no part of the command, so nothing was done. Leave it out, or write it into the command.`,
      };
    }
    case 'unread':
      return unreadParts(problem.parts);
  }
}

const QUOTED = 60;
/** More of them are only counted. */
const MAX_PIECES = 5;

function quoted({ text, row }: Piece): Words {
  const short = shortened(text, QUOTED);
  if (row === undefined) return { zh: md`“${short}”`, en: md`“${short}”` };
  return { zh: md`第 ${row} 行的“${short}”`, en: md`“${short}” (line ${row})` };
}

function notAgents(pieces: readonly Piece[]): Words {
  const shown = pieces.slice(0, MAX_PIECES).map(quoted);
  const more = pieces.length - shown.length;
  const zh = joined(
    shown.map((piece) => piece.zh),
    '、',
  );
  const en = joined(
    shown.map((piece) => piece.en),
    ', ',
  );
  const isOne = pieces.length === 1;
  return {
    zh: md`${zh}${more > 0 ? `等 ${pieces.length} 处` : ''}不是客服：请 @ 本人、写 ou_… 或邮箱。`,
    en: md`${en}${more > 0 ? ` and ${more} more` : ''} ${isOne ? 'is not an agent' : 'are not agents'}: use an @mention, an ou_… id or an email address.`,
  };
}

function notTheirNames(pieces: readonly NamedPiece[]): Words {
  const shown = pieces
    .slice(0, MAX_PIECES)
    .map((piece) => ({ ...quoted(piece), email: shortened(piece.email, QUOTED) }));
  const more = pieces.length - shown.length;
  const zh = joined(
    shown.map((piece) => md`${piece.zh}不是 ${piece.email} 的名字`),
    '；',
  );
  const en = joined(
    shown.map((piece) => md`${piece.en} is not the name of ${piece.email}`),
    '; ',
  );
  return {
    zh: md`${zh}${more > 0 ? `（共 ${pieces.length} 处）` : ''}。请只写邮箱，或写本人的名字。`,
    en: md`${en}${more > 0 ? ` (${pieces.length} in all)` : ''}. Write the address alone, or that person’s own name beside it.`,
  };
}

/** What people call these nodes of a post; others by the name that Feishu gives them. */
const PARTS: Readonly<Partial<Record<string, Words>>> = {
  img: { zh: md`图片`, en: md`a picture` },
  media: { zh: md`视频`, en: md`a video` },
};

function unreadParts(parts: readonly string[]): Words {
  const named = parts.map((part): Words => PARTS[part] ?? quoted({ text: part }));
  const list = (language: 'zh' | 'en', separator: string): Markdown =>
    joined(
      named.map((part) => part[language]),
      separator,
    );
  return {
    zh: md`消息里有机器人读不了的内容（${list('zh', '、')}），所以什么都没有执行。请把其中的内容打成文字，或去掉后再发。`,
    en: md`The message holds something that the bot cannot read (${list('en', ', ')}), so nothing was done. Type what it says, or send the command without it.`,
  };
}

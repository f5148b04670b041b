import type { Token, Tokens } from 'marked';
import { decodeEntities } from './entities.ts';
import { createLexer } from './lexer.ts';
import type { Block, Inline } from './nodes.ts';
import { linkTo, nodeOf } from './tags.ts';

const lexer = createLexer();

/** The markdown of a card as a tree of known nodes. Never throws; what is not understood is text. */
export function parseMarkdown(source: string): Block[] {
  try {
    return blocks(lexer.lexer(source));
  } catch {
    // Too deeply nested for the stack.
    return [{ kind: 'paragraph', children: [{ kind: 'text', text: source }] }];
  }
}

const blocks = (tokens: Token[]): Block[] => tokens.flatMap(block);

function block(token: Token): Block[] {
  switch (token.type) {
    case 'space':
    case 'checkbox':
      return [];
    case 'heading':
      return [{ kind: 'heading', level: Number(token.depth), children: inlines(token.tokens) }];
    case 'code':
      return [{ kind: 'code', text: String(token.text) }];
    case 'hr':
      return [{ kind: 'rule' }];
    case 'blockquote':
      return [{ kind: 'quote', blocks: blocks(token.tokens ?? []) }];
    case 'list':
      return isList(token) ? [list(token)] : [];
    case 'table':
      return isTable(token) ? [table(token)] : [];
    default:
      return paragraph(token);
  }
}

/** `<hr>` on its own line is a rule as well. */
function paragraph(token: Token): Block[] {
  if (/^<hr\s*\/?>\s*$/i.test(token.raw)) return [{ kind: 'rule' }];
  return [{ kind: 'paragraph', children: 'tokens' in token && token.tokens ? inlines(token.tokens) : [text(token)] }];
}

const isList = (token: Token): token is Tokens.List => token.type === 'list' && 'items' in token;
const isTable = (token: Token): token is Tokens.Table => token.type === 'table' && 'header' in token;

const list = ({ ordered, start, items }: Tokens.List): Block => ({
  kind: 'list',
  ordered,
  start: start === '' ? 1 : start,
  items: items.map((item) => blocks(item.tokens)),
});

const table = ({ header, rows }: Tokens.Table): Block => ({
  kind: 'table',
  head: header.map((cell) => inlines(cell.tokens)),
  rows: rows.map((row) => row.map((cell) => inlines(cell.tokens))),
});

const inlines = (tokens: Token[] | undefined): Inline[] => (tokens ?? []).map(inline);

function inline(token: Token): Inline {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return { kind: token.type, children: inlines(token.tokens) };
    case 'codespan':
      return { kind: 'code', text: String(token.text) };
    case 'br':
      return { kind: 'break' };
    case 'link':
      return linkTo(String(token.href), inlines(token.tokens));
    case 'image':
      return { kind: 'image', alt: String(token.text) };
    case 'feishuTag':
      return nodeOf(String(token.tag), String(token.attributes), inlines(token.tokens)) ?? text(token);
    default:
      return 'tokens' in token && token.tokens
        ? { kind: 'font', color: 'default', children: inlines(token.tokens) }
        : text(token);
  }
}

const text = (token: Token): Inline => ({
  kind: 'text',
  text: decodeEntities(token.type === 'escape' ? String(token.text) : token.raw),
});

import { Marked, type Token, type TokenizerAndRendererExtension, type Tokens } from 'marked';
import { HOLDING, STANDING } from './tags.ts';

/** A tag of the platform, as the lexer hands it on. */
export interface TagToken extends Tokens.Generic {
  type: 'feishuTag';
  tag: string;
  attributes: string;
  tokens: Token[];
}

const NAMES = [...HOLDING, ...STANDING].join('|');
const OPENING = new RegExp(`^<(${NAMES})((?:\\s[^<>]*)?)>`, 'i');
const MAX_DEPTH = 20;

const tags: TokenizerAndRendererExtension = {
  name: 'feishuTag',
  level: 'inline',
  start: (source) => {
    const at = source.search(new RegExp(`<(?:${NAMES}|br)\\b`, 'i'));
    return at < 0 ? undefined : at;
  },
  tokenizer(source) {
    const lineBreak = /^<br\s*\/?>/i.exec(source);
    if (lineBreak) return { type: 'br', raw: lineBreak[0] };
    const opening = OPENING.exec(source);
    if (!opening) return undefined;
    const [open, name = '', attributes = ''] = opening;
    const tag = name.toLowerCase();
    const inner = insideOf(source.slice(open.length), tag);
    if (inner === undefined) return undefined;
    const raw = source.slice(0, open.length + inner.length + tag.length + 3);
    const tokens = STANDING.includes(tag) ? [] : this.lexer.inlineTokens(inner);
    return { type: 'feishuTag', raw, tag, attributes, tokens };
  },
};

/** What stands before the closing tag that belongs to the one just opened; undefined when there is none. */
function insideOf(rest: string, tag: string): string | undefined {
  let depth = 1;
  for (const match of rest.matchAll(new RegExp(`<(/?)${tag}(?:\\s[^<>]*)?>`, 'gi'))) {
    depth += match[1] === '/' ? -1 : 1;
    if (depth > MAX_DEPTH) return undefined;
    if (depth === 0) return rest.slice(0, match.index);
  }
  return undefined;
}

/** Markdown without HTML: what looks like it is text, unless it is a tag of the platform. */
export const createLexer = (): Marked =>
  new Marked({
    gfm: true,
    breaks: true,
    extensions: [tags],
    tokenizer: { html: () => undefined, tag: () => undefined, def: () => undefined },
  });

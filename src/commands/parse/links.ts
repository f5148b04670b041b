/** A longer address is left as it was typed. */
const MAX_ADDRESS_LENGTH = 2048;

const SCHEME = /^(?:https?|mailto):/i;
const LONGEST_SCHEME = 'mailto:'.length;

/**
 * The text with the label in place of each link, or with the address where that is blank: Feishu writes links as `[label](address)`
 * (im-v1/message/events/message_content), and a person typed the label. Takes time with the length of the text, whatever
 * brackets are in it: every character is looked at once for brackets and once for the end of an address.
 */
export function withoutLinks(text: string): string {
  if (!text.includes('](')) return text;
  const brackets = /[[\]\n]/g;
  const ends = addressEnds(text);
  let opened: number[] = [];
  let result = '';
  let from = 0;
  for (let found = brackets.exec(text); found; found = brackets.exec(text)) {
    const at = found.index;
    if (found[0] === '[') opened.push(at);
    const start = found[0] === ']' ? opened.pop() : undefined;
    const end = start === undefined ? undefined : linkEnd(text, { start, at }, ends);
    if (start !== undefined && end !== undefined) {
      result += text.slice(from, start) + linkText(text.slice(start + 1, at), text.slice(at + 2, end - 1));
      from = end;
      brackets.lastIndex = end;
    }
    // No link goes over the end of a line, and none is within another one.
    if (end !== undefined || found[0] === '\n') opened = [];
  }
  return result + text.slice(from);
}

const linkText = (label: string, address: string): string => (label.trim() === '' ? withoutScheme(address) : label);

/** A mail address is typed without the scheme. */
export const withoutScheme = (address: string): string => address.replace(/^mailto:/i, '');

/** Where the link ends whose label is between `start` and `at`; undefined when no address follows. */
function linkEnd(text: string, { start, at }: { start: number; at: number }, ends: AddressEnds): number | undefined {
  const opening = at + 1;
  const from = opening + 1;
  if (text[opening] !== '(' || !SCHEME.test(text.slice(from, from + LONGEST_SCHEME))) return undefined;
  const end = endOfLabel(text, text.slice(start + 1, at), from) ?? ends.matching(opening) ?? ends.next(from);
  return text[end] === ')' && end - from <= MAX_ADDRESS_LENGTH ? end + 1 : undefined;
}

/** An address that is its own label ends where that does, whatever brackets are in it. */
function endOfLabel(text: string, label: string, from: number): number | undefined {
  if (label.length > MAX_ADDRESS_LENGTH || !text.startsWith(label, from)) return undefined;
  return text[from + label.length] === ')' ? from + label.length : undefined;
}

interface AddressEnds {
  /** The parenthesis that closes the one at this place, with no space between them. */
  matching(opening: number): number | undefined;
  /** The first closing parenthesis or space from a place on; places have to be asked for in their order. */
  next(start: number): number;
}

function addressEnds(text: string): AddressEnds {
  const closing = closingParentheses(text);
  const ends = /[)\s]/g;
  let known = -1;
  return {
    matching: (opening) => closing[opening] || undefined,
    next(start) {
      if (known >= start) return known;
      ends.lastIndex = start;
      known = ends.exec(text)?.index ?? text.length;
      return known;
    },
  };
}

/** For each opening parenthesis where it is closed; 0 where it is not. */
function closingParentheses(text: string): Uint32Array {
  const closing = new Uint32Array(text.length);
  let opened: number[] = [];
  for (const { index, 0: found } of text.matchAll(/[()\s]/g)) {
    if (found === '(') opened.push(index);
    else if (found === ')') closing[opened.pop() ?? text.length] = index;
    else opened = [];
  }
  return closing;
}

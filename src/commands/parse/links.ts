/** A longer address is left as it was typed. */
const MAX_ADDRESS_LENGTH = 2048;

const SCHEMES = ['http:', 'https:', 'mailto:'];

/**
 * The text with the label in place of each link: Feishu writes links as `[label](address)`
 * (im-v1/message/events/message_content), and a person typed the label. Takes time with the length of the text, whatever
 * brackets are in it: every character is looked at once for brackets and once for the end of an address.
 */
export function withoutLinks(text: string): string {
  const brackets = /[[\]\n]/g;
  const addressEnd = findAddressEnd(text);
  let result = '';
  let from = 0;
  let opened: number | undefined;
  for (let found = brackets.exec(text); found; found = brackets.exec(text)) {
    const at = found.index;
    const end = found[0] === ']' && opened !== undefined ? linkEnd(text, at + 1, addressEnd) : undefined;
    if (end !== undefined) {
      result += text.slice(from, opened) + text.slice((opened ?? 0) + 1, at);
      from = end;
      brackets.lastIndex = end;
    }
    opened = found[0] === '[' ? at : undefined;
  }
  return result + text.slice(from);
}

/** Where the link ends whose address is in the parentheses at `start`; undefined when that is no address. */
function linkEnd(text: string, start: number, addressEnd: (start: number) => number): number | undefined {
  if (text[start] !== '(') return undefined;
  const scheme = SCHEMES.find((name) => text.startsWith(name, start + 1));
  if (scheme === undefined) return undefined;
  const from = start + 1 + scheme.length;
  const end = addressEnd(from);
  return text[end] === ')' && end - from <= MAX_ADDRESS_LENGTH ? end + 1 : undefined;
}

/** Finds the first parenthesis or space at or after a place; places have to be asked for in their order. */
function findAddressEnd(text: string): (start: number) => number {
  const ends = /[)\s]/g;
  let known = -1;
  return (start) => {
    if (known >= start) return known;
    ends.lastIndex = start;
    known = ends.exec(text)?.index ?? text.length;
    return known;
  };
}

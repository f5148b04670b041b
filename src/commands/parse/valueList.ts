/** What parts values in a field of a form. */
const SEPARATOR = /[,，、;；\n]/u;
/** Quotes of Chinese input methods are mixed freely with ASCII ones. */
const QUOTES = ['"“”„＂「」『』', "'‘’＇"];

/** The values in a field of a form: parted by commas, unless a whole value stands in quotes. */
export function valuesInField(text: string): string[] {
  const values: string[] = [];
  let at = 0;
  while (at < text.length) {
    const quoted = quotedAt(text, at);
    const end = quoted?.end ?? nextSeparator(text, at);
    const value = quoted?.text ?? text.slice(at, end).trim();
    if (quoted || value !== '') values.push(value);
    at = nextSeparator(text, end) + 1;
  }
  return values;
}

function nextSeparator(text: string, from: number): number {
  const found = text.slice(from).search(SEPARATOR);
  return found < 0 ? text.length : from + found;
}

/** A value in quotes: the closing one is followed by a separator or the end. */
function quotedAt(text: string, from: number): { text: string; end: number } | undefined {
  const start = from + text.slice(from).search(/\S|$/u);
  const family = QUOTES.find((quotes) => quotes.includes(text[start] ?? ' '));
  if (family === undefined) return undefined;
  for (let end = start + 1; end < text.length; end += 1) {
    const closes = family.includes(text[end] ?? '') && /^\s*(?:[,，、;；\n]|$)/u.test(text.slice(end + 1));
    if (closes) return { text: text.slice(start + 1, end), end: end + 1 };
  }
  return undefined;
}

/** Values as they are written in such a field, each in quotes where it needs them; undefined when they cannot be. */
export function fieldOf(values: readonly string[]): string | undefined {
  const text = values.map(written).join('、');
  const read = valuesInField(text);
  return read.length === values.length && read.every((value, at) => value === values[at]) ? text : undefined;
}

function written(value: string): string {
  const isPlain = value.trim() === value && value !== '' && !/[,，、;；\n"“”„＂「」『』'‘’＇]/u.test(value);
  if (isPlain) return value;
  const quote = value.includes('"') ? "'" : '"';
  return `${quote}${value}${quote}`;
}

import type { Directory } from '../state/directory.ts';
import type { Mention } from '../state/messages.ts';

/** Typed text cut at its mentions. */
export type TypedPart = { kind: 'text'; text: string } | { kind: 'mention'; mention: Mention } | { kind: 'all' };

type Target = Omit<Mention, 'key'> | 'all';

const WORD = /[A-Za-z0-9_]/;
/** Before an @ that belongs to a mail address. */
const MAIL = /[A-Za-z0-9._%+-]/;

/**
 * Finds mentions in what a person types: `@` and a name, English name, unique first word of
 * one, key, open_id, `bot` or `all`; the longest fit wins,
 * case does not matter. An @ inside a mail address is text. Every mention gets its own placeholder `@_user_N`.
 */
export function readTyped(text: string, directory: Directory): TypedPart[] {
  const targets = mentionable(directory);
  const parts: TypedPart[] = [];
  let count = 0;
  let plain = '';
  for (let at = 0; at < text.length; ) {
    const found = text[at] === '@' && !MAIL.test(text[at - 1] ?? ' ') ? targetAt(text, at + 1, targets) : undefined;
    if (!found) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain !== '') parts.push({ kind: 'text', text: plain });
    plain = '';
    if (found.target === 'all') parts.push({ kind: 'all' });
    else {
      count += 1;
      parts.push({ kind: 'mention', mention: { key: `@_user_${count}`, ...found.target } });
    }
    at += 1 + found.length;
  }
  if (plain !== '') parts.push({ kind: 'text', text: plain });
  return parts;
}

function mentionable(directory: Directory): [string, Target][] {
  const named: [string, Target][] = [['all', 'all']];
  const firstNames = directory.members.map((member) => member.enName.split(' ')[0]);
  const bot: Target = { openId: directory.bot.openId, name: directory.bot.name, kind: 'bot' };
  for (const word of ['bot', bot.name, bot.openId]) named.push([word, bot]);
  for (const member of directory.members) {
    const target: Target = { openId: member.openId, name: member.name, kind: 'user' };
    for (const word of [member.name, member.enName, member.openId]) named.push([word, target]);
    const [firstName = ''] = member.enName.split(' ');
    if (firstNames.filter((name) => name === firstName).length === 1) named.push([firstName, target]);
  }
  for (const person of Object.values(directory.people)) {
    named.push([person.key, { openId: person.openId, name: person.name, kind: 'user' }]);
  }
  return named.sort(([a], [b]) => b.length - a.length);
}

function targetAt(
  text: string,
  from: number,
  targets: [string, Target][],
): { target: Target; length: number } | undefined {
  for (const [word, target] of targets) {
    const typed = text.slice(from, from + word.length);
    if (typed.toLowerCase() !== word.toLowerCase()) continue;
    const next = text[from + word.length] ?? '';
    if (WORD.test(word.at(-1) ?? '') && WORD.test(next)) continue;
    return { target, length: word.length };
  }
  return undefined;
}

export const mentionsOf = (parts: TypedPart[]): Mention[] =>
  parts.flatMap((part) => (part.kind === 'mention' ? [part.mention] : []));

/** `content` of a text message. */
export function textContent(parts: TypedPart[]): string {
  const text = parts.map((part) =>
    part.kind === 'text' ? part.text : part.kind === 'all' ? '@_all' : part.mention.key,
  );
  return JSON.stringify({ text: text.join('') });
}

/** `content` of a rich-text message, one paragraph a line. */
export function postContent(parts: TypedPart[]): string {
  const lines: Record<string, unknown>[][] = [[]];
  for (const part of parts) {
    if (part.kind !== 'text') {
      lines.at(-1)?.push(atNode(part));
      continue;
    }
    for (const [index, text] of part.text.split('\n').entries()) {
      if (index > 0) lines.push([]);
      if (text !== '') lines.at(-1)?.push({ tag: 'text', text, style: [] });
    }
  }
  return JSON.stringify({ title: '', content: lines });
}

function atNode(part: Exclude<TypedPart, { kind: 'text' }>): Record<string, unknown> {
  const who = part.kind === 'all' ? { key: '@_all', name: '所有人' } : part.mention;
  return { tag: 'at', user_id: who.key, user_name: who.name, style: [] };
}

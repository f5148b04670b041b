import type { Inline } from './nodes.ts';

/** The attributes of a tag: quoted or not. */
export function attributesOf(written: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name, double, single, bare] of written.matchAll(
    /([a-z_]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))/gi,
  )) {
    if (name !== undefined) attributes[name.toLowerCase()] = double ?? single ?? bare ?? '';
  }
  return attributes;
}

/** The address when a client opens it: http and https only. */
export function webAddress(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
}

/** Tags that hold more markdown. */
export const HOLDING = ['font', 'text_tag', 'number_tag', 'link', 'a'];
/** Tags that stand for something by themselves. */
export const STANDING = ['at', 'person', 'local_datetime'];

/** What a tag means, or undefined when a client shows it as it is written. */
export function nodeOf(tag: string, written: string, children: Inline[]): Inline | undefined {
  const attributes = attributesOf(written);
  switch (tag) {
    case 'font':
      return { kind: 'font', color: attributes.color ?? 'default', children };
    case 'text_tag':
      return { kind: 'tag', color: attributes.color ?? 'blue', children };
    case 'number_tag':
      return { kind: 'badge', children };
    case 'a':
    case 'link':
      return linkTo(attributes.href ?? attributes.url ?? attributes.pc_url ?? '', children);
    case 'at':
      return mention(attributes);
    case 'person':
      return person(attributes);
    case 'local_datetime':
      return time(attributes);
    default:
      return undefined;
  }
}

/** A link, or only its text when the address is not one that a client opens. */
export function linkTo(address: string, children: Inline[]): Inline {
  const href = webAddress(address);
  return href === undefined ? { kind: 'font', color: 'default', children } : { kind: 'link', href, children };
}

function mention({ id, ids, email }: Record<string, string>): Inline | undefined {
  const named = (ids ?? id ?? email ?? '').split(',').filter((part) => part !== '');
  return named.length === 0 ? undefined : { kind: 'at', ids: named };
}

function person({ id, show_name, show_avatar, style }: Record<string, string>): Inline | undefined {
  if (id === undefined) return undefined;
  return {
    kind: 'person',
    id,
    showName: show_name !== 'false',
    showAvatar: show_avatar !== 'false',
    capsule: style === 'capsule',
  };
}

function time({ millisecond, format_type: format = 'date_num' }: Record<string, string>): Inline | undefined {
  const at = Number(millisecond);
  return millisecond === undefined || !Number.isFinite(at) ? undefined : { kind: 'time', at, format };
}

import type { CardJson } from '../json.ts';
import { isObject } from '../json.ts';

/** Links of a card: those of open_url behaviors, then those in markdown. */
export function linksOf(card: CardJson): string[] {
  const nodes = objectsIn(card.body);
  const opened = nodes.filter((node) => node.type === 'open_url').map((node) => node.default_url);
  const texts = nodes.flatMap((node) => [
    node.content,
    ...(isObject(node.i18n_content) ? Object.values(node.i18n_content) : []),
  ]);
  const written = texts
    .filter((text): text is string => typeof text === 'string')
    .flatMap((text) => [...text.matchAll(/\]\((https?:[^)\s]+)\)|(?:href|url)='(https?:[^']+)'/g)])
    .map((match) => match[1] ?? match[2]);
  const links = [...opened, ...written].filter((link): link is string => typeof link === 'string');
  return [...new Set(links)];
}

function objectsIn(value: unknown): CardJson[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (!isObject(value)) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

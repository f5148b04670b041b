import type { Phrase } from '../lib/phrase.ts';

/** The language of what a terminal shows. */
export type Language = keyof Phrase;

/** Chinese for a Chinese locale, else English: as the C library does it, the first of these that is set decides. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

import type { CardJson } from '../../json.ts';
import { isObject } from '../../json.ts';

export type Language = 'zh' | 'en';

const LOCALES: Record<Language, string> = { zh: 'zh_cn', en: 'en_us' };

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const objectsIn = (value: unknown): CardJson[] => (Array.isArray(value) ? value.filter(isObject) : []);

export const objectOf = (value: unknown): CardJson => (isObject(value) ? value : {});

/** The text of a text object or a markdown element in the reader's language, else in one that it has. */
export function wordsOf(value: unknown, language: Language): string {
  const text = objectOf(value);
  const translated = objectOf(text.i18n_content);
  const own = textOf(translated[LOCALES[language]]) ?? textOf(text.content);
  return own ?? textOf(translated.en_us) ?? Object.values(translated).find((entry) => typeof entry === 'string') ?? '';
}

/** A list that differs by language beside one that does not: tags of a header. */
export const listFor = (byLocale: unknown, fallback: unknown, language: Language): CardJson[] => {
  const own = objectsIn(objectOf(byLocale)[LOCALES[language]]);
  return own.length > 0 ? own : objectsIn(fallback);
};

export const localeOf = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en-GB');

/** A toast's text. */
export const toastText = (toast: { content: string; i18n?: Record<string, string> }, language: Language): string =>
  toast.i18n?.[LOCALES[language]] ?? toast.content;

export const clockTime = (at: number, language: Language): string =>
  new Date(at).toLocaleTimeString(localeOf(language), { hour: '2-digit', minute: '2-digit' });

export const exactTime = (at: number): string => new Date(at).toLocaleTimeString('en-GB');

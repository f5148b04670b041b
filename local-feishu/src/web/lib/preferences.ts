import { useEffect, useState } from 'preact/hooks';
import type { Language } from './reading.ts';

export type Theme = 'light' | 'dark';

/** A choice that survives a reload. */
function useStored<Value extends string>(key: string, allowed: readonly Value[], otherwise: Value) {
  const [value, setValue] = useState<Value>(
    () => allowed.find((entry) => entry === localStorage.getItem(key)) ?? otherwise,
  );
  useEffect(() => localStorage.setItem(key, value), [key, value]);
  return [value, setValue] as const;
}

export function useLanguage() {
  const [language, setLanguage] = useStored<Language>(
    'language',
    ['zh', 'en'],
    navigator.language.startsWith('zh') ? 'zh' : 'en',
  );
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  return [language, setLanguage] as const;
}

export function useTheme() {
  const prefersDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const [theme, setTheme] = useStored<Theme>('theme', ['light', 'dark'], prefersDark ? 'dark' : 'light');
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return [theme, setTheme] as const;
}

/** Who acts in this tab. The cookie tells the consent page whom to propose; at first it is the first of them. */
export function usePerson(people: readonly string[]) {
  const [person, setPerson] = useStored('person', people, people[0] ?? '');
  useEffect(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and Safari.
    document.cookie = `sandbox_person=${person}; path=/; samesite=lax`;
  }, [person]);
  return [person, setPerson] as const;
}

import { type Language, phrase } from '../lib/phrase.ts';
import { Trouble } from './trouble.ts';

/** Chinese for a Chinese locale, else English: as the C library does it, the first of these that is set decides. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** The language that a flag asks for, else that of the locale. Throws a {@link Trouble}. */
export function chosenLanguage(flag: string | undefined, env: Readonly<Record<string, string | undefined>>): Language {
  if (flag === undefined) return languageOf(env);
  if (flag === 'zh' || flag === 'en') return flag;
  throw new Trouble(
    'bad_flag',
    phrase(`没有语言“${flag}”。`, `There is no language “${flag}”.`),
    phrase('请用 --lang zh 或 --lang en。', 'Use --lang zh or --lang en.'),
  );
}

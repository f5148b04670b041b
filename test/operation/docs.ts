import { readFile } from 'node:fs/promises';

export type ManualLanguage = 'en' | 'zh';

const FILES = { en: 'operating.md', zh: 'operating.zh.md' } as const;

/** The operator's manual. */
export const manual = (language: ManualLanguage): Promise<string> =>
  readFile(new URL(`../../docs/${FILES[language]}`, import.meta.url), 'utf8');

/** The blocks of shell commands in a text, as an operator would copy them. */
export const commandsIn = (text: string): string[] =>
  [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, commands = '']) => commands.trim());

/** The shell commands under a heading of the English manual; the Chinese one has the same. */
export async function commandsUnder(heading: string): Promise<string[]> {
  const text = await manual('en');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`docs/${FILES.en} has no section "${heading}"`);
  return commandsIn(section);
}

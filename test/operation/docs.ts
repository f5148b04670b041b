import { readFile } from 'node:fs/promises';

/** The shell commands under a heading of `docs/operating.md`, as an operator would copy them. */
export async function commandsUnder(heading: string): Promise<string[]> {
  const text = await readFile(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`docs/operating.md has no section "${heading}"`);
  return [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, commands = '']) => commands.trim());
}

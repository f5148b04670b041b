import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { commandSections, commandTable, type Language } from '../src/commands/reference.ts';
import { COMMANDS } from '../src/commands/registry.ts';

const at = (path: string): URL => new URL(`../${path}`, import.meta.url);
const textOf = (path: string): string => readFileSync(at(path), 'utf8');

/** What stands between these two marks is made from the registry. */
const GENERATED = /(<!-- commands -->\n)[\s\S]*?(<!-- \/commands -->)/;

const PAGES: [string, Language, typeof commandTable][] = [
  ['README.md', 'en', commandTable],
  ['docs/commands.md', 'en', commandSections],
  ['docs/commands.zh.md', 'zh', commandSections],
];

describe('the documents', () => {
  it.each(PAGES)(
    '%s says of every command what the registry says (UPDATE_DOCS=1 npm test writes it anew)',
    (...page) => {
      const [path, language, generate] = page;
      const text = textOf(path);
      const generated = generate(COMMANDS, language);
      const wanted = text.replace(
        GENERATED,
        (_all, before: string, after: string) => `${before}${generated}\n${after}`,
      );
      if (process.env.UPDATE_DOCS) writeFileSync(at(path), wanted);
      else expect(text).toBe(wanted);
      expect(text).toMatch(GENERATED);
    },
  );

  it('name every variable that the configuration reads', () => {
    const variables = textOf('src/config/variables.ts');
    const names = new Set([...variables.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name ?? ''));
    const readme = textOf('README.md');
    expect(names.size).toBeGreaterThan(10);
    expect([...names].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { commandSections, commandTable } from '../src/commands/reference.ts';
import { COMMANDS } from '../src/commands/registry.ts';
import { VARIABLES } from '../src/config/config.ts';
import { REMEDIES } from '../src/config/variables.ts';
import type { Language } from '../src/lib/phrase.ts';

const at = (path: string): URL => new URL(`../${path}`, import.meta.url);
const textOf = (path: string): string => readFileSync(at(path), 'utf8');

/** What stands between these two marks is made from the registry. */
const GENERATED = /(<!-- commands -->\n)[\s\S]*?(<!-- \/commands -->)/;

const PAGES: [string, Language, typeof commandTable][] = [
  ['README.md', 'en', commandTable],
  ['README.zh.md', 'zh', commandTable],
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

  it.each(['docs/installing.md', 'docs/installing.zh.md'])(
    '%s names every variable that the configuration reads',
    (page) => {
      const text = textOf(page);
      expect(VARIABLES.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    },
  );

  it.each(['docs/installing.md', 'docs/installing.zh.md'])('%s says what the values of variables may be', (page) => {
    const rows = textOf(page).split('\n');
    const rowOf = (variable: string) => rows.find((row) => row.startsWith('| `') && row.includes(`\`${variable}\``));
    const limited = VARIABLES.flatMap((variable) => {
      const [, least, most] = /^Set a number of \w+ from (\d+) to (\d+)/.exec(REMEDIES[variable]) ?? [];
      return least === undefined ? [] : [{ variable, limits: new RegExp(`\\b${least} (?:to|到) ${most}\\b`) }];
    });
    expect(limited.length).toBeGreaterThan(3);
    for (const { variable, limits } of limited) expect(rowOf(variable)).toMatch(limits);
    const levels = REMEDIES.LOG_LEVEL.replace('Use ', '').split(/, | or /);
    expect(levels.filter((level) => !rowOf('LOG_LEVEL')?.includes(`\`${level}\``))).toEqual([]);
  });

  it('name every layer, in the order that the rule checks', () => {
    const [, table = ''] = /<!-- layers -->\n([\s\S]*?)<!-- \/layers -->/.exec(textOf('ARCHITECTURE.md')) ?? [];
    const [, list = ''] = /LAYERS = \[([\s\S]*?)\];/.exec(textOf('scripts/layers.mjs')) ?? [];
    const named = [...table.matchAll(/^\| `(\w+)\/`/gm)].map(([, name]) => name);
    expect(named).toEqual([...list.matchAll(/'(\w+)'/g)].map(([, name]) => name));
  });

  it('say what is new in this version', () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(textOf('package.json')));
    const [, newest] = /^## (\S+)/m.exec(textOf('CHANGELOG.md')) ?? [];
    expect(newest).toBe(version);
  });

  it('lead nowhere but to what is there', () => {
    const pages = [
      'README.md',
      'README.zh.md',
      'SECURITY.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'ARCHITECTURE.md',
      'local-feishu/README.md',
      ...readdirSync(at('docs')).map((name) => `docs/${name}`),
    ];
    const lost = pages
      .filter((page) => page.endsWith('.md'))
      .flatMap((page) =>
        [...textOf(page).matchAll(/(?:\]\(|src=")(?!https?:|#)([^)"#]+)/g)].map(([, to = '']) => [page, to]),
      )
      .filter(([page = '', to = '']) => !existsSync(new URL(to, at(page))));
    expect(lost).toEqual([]);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { commandTable } from '../src/commands/reference.ts';
import { COMMANDS } from '../src/commands/registry.ts';

const README = new URL('../README.md', import.meta.url);
const TABLE = /(<!-- commands -->\n)[\s\S]*?(<!-- \/commands -->)/;

describe('the README', () => {
  it('lists every command as the registry describes it (UPDATE_DOCS=1 npm test writes it anew)', () => {
    const text = readFileSync(README, 'utf8');
    const wanted = text.replace(
      TABLE,
      (_all, before: string, after: string) => `${before}${commandTable(COMMANDS, 'en')}\n${after}`,
    );
    if (process.env.UPDATE_DOCS) writeFileSync(README, wanted);
    else expect(text).toBe(wanted);
    expect(text).toMatch(TABLE);
  });

  it('names every variable that the configuration reads', () => {
    const config = readFileSync(new URL('../src/config/variables.ts', import.meta.url), 'utf8');
    const names = new Set([...config.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name ?? ''));
    const readme = readFileSync(README, 'utf8');
    expect(names.size).toBeGreaterThan(10);
    expect([...names].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

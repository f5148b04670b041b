import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { SAMPLED, sampleCards } from '../../src/cards/samples/samples.ts';
import { COMMANDS } from '../../src/commands/registry.ts';
import { OpenId } from '../../src/domain/ids.ts';
import { checkCard } from '../support/checkCard.ts';

const CARDS = new URL('../../src/cards/', import.meta.url);
/** `card` puts one together; the others take one and give it without addresses, or without chips. */
const NO_KINDS = ['card', 'masked', 'withoutChips'];

const modules = readdirSync(CARDS, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('samples'))
  .map((path) => new URL(path, CARDS));

/** Functions that give a card, by their declaration. */
const declared = (text: string): string[] =>
  [
    ...text.matchAll(
      /^export (?:function|const) (\w+)((?:(?!\n(?:export|function|const|\}))[\s\S])*?)\): CardJson\b/gm,
    ),
  ].map(([, name = '']) => name);

describe('the samples', () => {
  it('are of every function of cards/ that makes a card', async () => {
    const byName = await Promise.all(modules.map(async ({ href }) => Object.keys(await import(href))));
    const named = byName.flat().filter((name) => name.endsWith('Card'));
    const byType = modules.flatMap((url) => declared(readFileSync(url, 'utf8')));
    expect(byType.length).toBeGreaterThan(25);
    const made = [...new Set([...named, ...byType])].filter((name) => !NO_KINDS.includes(name));
    expect([...SAMPLED].sort()).toEqual(made.sort());
  });

  const samples = sampleCards({ person: OpenId.parse('ou_1'), commands: COMMANDS });

  it('are told apart by their names', () => {
    const names = samples.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['workingCard', 'changeCard (pending)', 'loginEndedCard (done)']));
  });

  it('are cards that Feishu takes', () => {
    for (const { name, card } of samples) checkCard(card, name);
  });
});

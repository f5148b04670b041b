import { describe, expect, it } from '@jest/globals';
import { card, paragraph, sentence } from '../../src/cards/kit.ts';
import { masked } from '../../src/cards/masked.ts';
import { md } from '../../src/cards/text.ts';
import { phrase, verbatim } from '../../src/lib/phrase.ts';

const ADDRESS = 'tom.li+x@mail.example.com';

describe('masked', () => {
  const shown = card({ title: verbatim(`of ${ADDRESS}`), template: 'blue' }, [
    paragraph(md`客服　${ADDRESS}，13800138000`, md`Agent ${ADDRESS}, 13800138000`),
    sentence(phrase('没有地址', 'no address, skill 6941215891786825756')),
  ]);
  const text = JSON.stringify(masked(shown));

  it('leaves no mail address and no phone number, as text or as markdown', () => {
    expect(text).not.toMatch(/@|&#64;|tom|example|13800138000/);
  });

  it('leaves everything else', () => {
    expect(text).toContain('no address, skill 6941215891786825756');
    expect(text).toContain('客服');
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  asMarkdown,
  joined,
  md,
  moment,
  personChip,
  plain,
  shortened,
  visible,
  visibleSentence,
} from '../../src/cards/text.ts';
import { OpenId } from '../../src/domain/ids.ts';
import { unwritableIn } from '../../src/domain/writable.ts';

/** Pieces of which attacks are made are as frequent as any other text. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<at id=all></at>',
        '[x](https://y.z)',
        '![x](img_key)',
        ':DONE:',
        '**',
        '~~',
        '`',
        '```',
        '&#60;',
      ),
      fc.constantFrom('\n', '\r\n', '\t', '# ', '- ', '1. ', '> ', '---', '|', '$$', '\\', '<br>', '@', 'https://a.b'),
      fc.constantFrom('\u202e', '\u2066', '\u2067', '\u2068', '\u2069', '\u200f', 'שלום', 'سلام', '؟', '\u0000', '名'),
      fc.constantFrom(
        ' ',
        '  ',
        '\u3000',
        '⟦',
        '⟧',
        '⟦U+200E⟧',
        '␣',
        '❤️',
        '👨‍👩‍👧',
        '\u200d',
        '\ufe0f',
        '\u0301',
        '\ud83d',
        '\u3164',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

/** What a client shows: entities become their characters once, and nothing is decoded twice. */
const decoded = (markdown: string): string =>
  markdown.replace(/&#(\d+);/g, (_entity, code: string) => String.fromCodePoint(Number(code)));

/** How deep the text around is embedded after `text`: nothing that turns text may stay open, or close what is not its own. */
function isolatesAreClosed(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ('\u2066\u2067\u2068'.includes(character)) depth += 1;
    if (character === '\u2069') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** A text of a person as markdown has it. */
const inMarkdown = (text: string): string => md`${text}`.markdown;

describe('text inside markdown', () => {
  it('leaves nothing that markdown or a tag gives a meaning to', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const rest = inMarkdown(text).replace(/&#\d{2,3};/g, '');
        expect(rest).not.toMatch(/[!-/:-@[-`{-~]/);
        expect(rest).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });

  it('shows the text as it is', () => {
    fc.assert(fc.property(anyText, (text) => expect(decoded(inMarkdown(text))).toBe(visible(text))));
  });

  it.each([
    ['a mention', '<at id=all></at>', '&#60;at id&#61;all&#62;&#60;&#47;at&#62;'],
    ['a link', '[a](https://b.c)', '&#91;a&#93;&#40;https&#58;&#47;&#47;b&#46;c&#41;'],
    ['an image', '![a](img_v2)', '&#33;&#91;a&#93;&#40;img&#95;v2&#41;'],
    ['an emoji code', ':DONE:', '&#58;DONE&#58;'],
    ['emphasis', '*a* __b__ ~~c~~', '&#42;a&#42; &#95;&#95;b&#95;&#95; &#126;&#126;c&#126;&#126;'],
    ['code', '`a`', '&#96;a&#96;'],
    ['a heading', '# a', '&#35; a'],
    ['a list', '1. a', '1&#46; a'],
    ['a table', 'a|b', 'a&#124;b'],
    ['a formula', '$a$', '&#36;a&#36;'],
    ['an entity', '&#60;at&lt;', '&#38;&#35;60&#59;at&#38;lt&#59;'],
    ['an escape', '\\*', '&#92;&#42;'],
    ['lines', 'a\n# b', 'a⟦U&#43;000A⟧&#35; b'],
    ['a block of code', '    a', '␣␣␣␣a'],
    ['an address', 'www.a.b', 'www&#46;a&#46;b'],
    ['Chinese punctuation', '“甲”，（乙）＠', '“甲”，（乙）＠'],
    ['nothing', '', ''],
  ])('makes %s harmless', (_what, text, escaped) => {
    expect(inMarkdown(text)).toBe(escaped);
  });
});

/** What a reader who knows the signs takes the shown text for. */
const understood = (shown: string): string =>
  shown
    .replace(/^\u2068(.*)\u2069$/su, '$1')
    .replace(/␣/gu, ' ')
    .replace(/⟦U\+([0-9A-F]{4,6})⟧/gu, (_mark, code: string) => String.fromCodePoint(Number.parseInt(code, 16)));

describe('visible', () => {
  it.each([
    ['a\nb', 'a⟦U+000A⟧b'],
    ['a\r\tb', 'a⟦U+000D⟧⟦U+0009⟧b'],
    ['a\u202eb', 'a⟦U+202E⟧b'],
    ['北\u200e京', '北⟦U+200E⟧京'],
    ['a\u200bb', 'a⟦U+200B⟧b'],
    ['a\u2028b', 'a⟦U+2028⟧b'],
    ['a\u00a0b', 'a⟦U+00A0⟧b'],
    ['a\ud83db', 'a⟦U+D83D⟧b'],
    ['\u3164', '⟦U+3164⟧'],
    ['\u0301a', '⟦U+0301⟧a'],
    ['a\u{e0041}', 'a⟦U+E0041⟧'],
    ['a⟦U+200E⟧', 'a⟦U+27E6⟧U+200E⟦U+27E7⟧'],
    ['a␣b', 'a⟦U+2423⟧b'],
    [' a ', '␣a␣'],
    ['a b', 'a b'],
    ['a  b', 'a␣␣b'],
    ['a　b', 'a　b'],
    ['a　 b　', 'a⟦U+3000⟧␣b⟦U+3000⟧'],
    [' ', '␣'],
    ['👩🏽‍🚒 ❤️ 1️⃣ 🇨🇳', '👩🏽‍🚒 ❤️ 1️⃣ 🇨🇳'],
    ['a\u2067b', 'a⟦U+2067⟧b'],
    ['\u2069שלום', '\u2068⟦U+2069⟧שלום\u2069'],
    ['', ''],
  ])('shows %j as %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it.each([
    ['Hebrew', 'שלום'],
    ['Arabic', 'سلام'],
    ['Arabic punctuation', '؟'],
    ['Arabic presentation forms', 'ﷺ'],
    ['Syriac', 'ܫܠܡܐ'],
    ['Thaana', 'ދިވެހި'],
    ['N’Ko', 'ߒߞߏ'],
    ['Adlam', '𞤀𞤣𞤤𞤢𞤥'],
  ])('isolates %s, so that it cannot reorder what is around', (_script, text) => {
    expect(visible(text)).toBe(`\u2068${text}\u2069`);
    expect(visible(`VIP ${text} 5`)).toBe(`\u2068VIP ${text} 5\u2069`);
    expect(inMarkdown(text)).toBe(`\u2068${text}\u2069`);
  });

  it.each(['VIP', '重点客户', 'Ω', 'привет', '5'])('does not isolate %p', (text) => {
    expect(visible(text)).toBe(text);
  });

  it('never turns the text around it, and draws every character', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = visible(text);
        expect(isolatesAreClosed(shown)).toBe(true);
        const inner = shown.replace(/^\u2068(.*)\u2069$/su, '$1');
        expect(unwritableIn(inner)).toEqual([]);
        if (/[\p{Script=Hebrew}\p{Script=Arabic}]/u.test(shown)) expect(shown).toMatch(/^\u2068.*\u2069$/su);
      }),
    );
  });

  it('shows each text so that nothing else is shown like it', () => {
    fc.assert(fc.property(anyText, (text) => expect(understood(visible(text))).toBe(text)));
    fc.assert(fc.property(anyText, (text) => expect(understood(decoded(inMarkdown(text)))).toBe(text)));
  });
});

describe('visibleSentence', () => {
  it('leaves what is visible already as it is', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const sentence = plain`技能 ${name} 已改名`;
        expect(visibleSentence(sentence)).toBe(sentence);
        expect(asMarkdown(plain`${name}`).markdown.trim()).toBe(inMarkdown(name).trim());
      }),
    );
  });

  it('lets nothing through that is unseen, nor an isolate that is not closed', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = visibleSentence(text);
        expect(isolatesAreClosed(shown)).toBe(true);
        expect(unwritableIn(shown.replace(/[\u2068\u2069]/gu, ''))).toEqual([]);
      }),
    );
  });
});

describe('md', () => {
  it('escapes what is put in, and nothing else', () => {
    expect(md`**${'*a*'}** [b](https://c.d) ${5}`).toEqual({ markdown: '**&#42;a&#42;** [b](https://c.d) 5' });
    expect(md``).toEqual({ markdown: '' });
    expect(md`${''}a${0}`).toEqual({ markdown: 'a0' });
  });

  it('takes markdown as it is', () => {
    expect(md`${md`**${'<'}**`}!`).toEqual({ markdown: '**&#60;**!' });
    expect(md`${joined([md`*a*`, md`${'*'}`], '、')}`).toEqual({ markdown: '*a*、&#42;' });
    expect(joined([], ', ')).toEqual({ markdown: '' });
  });

  it('makes of any name text only, wherever it is put', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const { markdown } = md`- **${name}** (${name})`;
        const pieces = markdown.split(inMarkdown(name));
        if (inMarkdown(name) !== '') expect(pieces.join('')).toBe('- **** ()');
      }),
    );
  });
});

describe('the tags', () => {
  it('shows a person by their id', () => {
    expect(personChip(OpenId.parse('ou_a-1')).markdown).toBe(
      `<person id='ou_a-1' show_name=true show_avatar=true style='normal'></person>`,
    );
    expect(OpenId.safeParse(`ou_a'></person><at id=all></at>`).success).toBe(false);
  });

  it('shows a moment in whole milliseconds', () => {
    expect(moment(1_760_000_000_000.4).markdown).toBe(
      `<local_datetime millisecond='1760000000000' format_type='date_num'></local_datetime> ` +
        `<local_datetime millisecond='1760000000000' format_type='time'></local_datetime>`,
    );
  });
});

describe('shortened', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['😀😀😀', 3, '😀😀😀'],
    ['😀😀😀😀', 3, '😀😀…'],
    ['', 3, ''],
    ['ab', 1, '…'],
  ])('cuts %p to %p characters', (text, length, cut) => {
    expect(shortened(text, length)).toBe(cut);
  });

  it('is never longer than asked for and never splits a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 10 }), (text, length) => {
        const cut = shortened(text, length);
        expect([...cut].length).toBeLessThanOrEqual(length);
        expect(cut).not.toMatch(/\p{Cs}/u);
        expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true);
      }),
    );
  });
});

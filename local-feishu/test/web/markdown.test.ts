import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expectLinear } from '../../../test/support/cpu.ts';
import type { Block, Inline } from '../../src/web/markdown/nodes.ts';
import { parseMarkdown } from '../../src/web/markdown/parse.ts';

/** The inline nodes of a source that is one paragraph. */
function line(source: string): Inline[] {
  const [block, ...more] = parseMarkdown(source);
  if (block?.kind !== 'paragraph' || more.length > 0) throw new Error(`not one paragraph: ${source}`);
  return block.children;
}

const text = (words: string): Inline => ({ kind: 'text', text: words });

describe('the markdown of cards', () => {
  it('reads the usual marks', () => {
    expect(line('**b** *i* ~~s~~ `c`')).toEqual([
      { kind: 'strong', children: [text('b')] },
      text(' '),
      { kind: 'em', children: [text('i')] },
      text(' '),
      { kind: 'del', children: [text('s')] },
      text(' '),
      { kind: 'code', text: 'c' },
    ]);
    expect(line('[x](https://a.example/?q=1)')).toEqual([
      { kind: 'link', href: 'https://a.example/?q=1', children: [text('x')] },
    ]);
    expect(line('a<br>b\nc')).toEqual([text('a'), { kind: 'break' }, text('b'), { kind: 'break' }, text('c')]);
  });

  it('reads blocks', () => {
    expect(parseMarkdown('# h\n\n- a\n- b\n\n3. c\n\n> q\n\n```\nx\n```\n\n<hr>\n\n|a|b|\n|-|-|\n|1|2|')).toEqual([
      { kind: 'heading', level: 1, children: [text('h')] },
      {
        kind: 'list',
        ordered: false,
        start: 1,
        items: [[{ kind: 'paragraph', children: [text('a')] }], [{ kind: 'paragraph', children: [text('b')] }]],
      },
      { kind: 'list', ordered: true, start: 3, items: [[{ kind: 'paragraph', children: [text('c')] }]] },
      { kind: 'quote', blocks: [{ kind: 'paragraph', children: [text('q')] }] },
      { kind: 'code', text: 'x' },
      { kind: 'rule' },
      { kind: 'table', head: [[text('a')], [text('b')]], rows: [[[text('1')], [text('2')]]] },
    ]);
  });

  it('reads the tags of the platform, nested ones too', () => {
    expect(line("<font color='red'>a **b** <font color='blue'>c</font></font>")).toEqual([
      {
        kind: 'font',
        color: 'red',
        children: [
          text('a '),
          { kind: 'strong', children: [text('b')] },
          text(' '),
          { kind: 'font', color: 'blue', children: [text('c')] },
        ],
      },
    ]);
    expect(line('<at id=all></at><at ids=ou_1,ou_2></at>')).toEqual([
      { kind: 'at', ids: ['all'] },
      { kind: 'at', ids: ['ou_1', 'ou_2'] },
    ]);
    expect(line("<person id='ou_1' show_name=true show_avatar=false style='capsule'></person>")).toEqual([
      { kind: 'person', id: 'ou_1', showName: true, showAvatar: false, capsule: true },
    ]);
    expect(line("<text_tag color='red'>t</text_tag><number_tag>1</number_tag>")).toEqual([
      { kind: 'tag', color: 'red', children: [text('t')] },
      { kind: 'badge', children: [text('1')] },
    ]);
    expect(line("<local_datetime millisecond='1700000000000' format_type='time'></local_datetime>")).toEqual([
      { kind: 'time', at: 1_700_000_000_000, format: 'time' },
    ]);
    expect(line("<link icon='chat_outlined' url='https://a.example/'>x</link>")).toEqual([
      { kind: 'link', href: 'https://a.example/', children: [text('x')] },
    ]);
  });

  it('decodes entities after reading the markup, and not inside code', () => {
    expect(line('&#42;&#42;a&#42;&#42; &#60;at id&#61;all&#62; &amp; `&#60;`')).toEqual([
      text('**a** <at id=all> & '),
      { kind: 'code', text: '&#60;' },
    ]);
  });

  it.each([
    ['a script', '<script>alert(1)</script>'],
    ['a block of HTML', '<div onclick="x()">y</div>'],
    ['an image with a handler', '<img src=x onerror=x()>'],
    ['a comment', '<!-- <script> -->'],
    ['a tag that is not closed', "<font color='red'>x"],
    ['a mention of nobody', '<at></at>'],
  ])('shows %s as it is written', (_name, source) => {
    expect(line(source)).toEqual([text(source)]);
  });

  it.each([
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](data:text/html,<script>1</script>)',
    '[x](//a.example)',
    "<a href='javascript:alert(1)'>x</a>",
    "<link url='vbscript:x'>x</link>",
    '<javascript:alert(1)>',
  ])('makes no link of %s', (source) => {
    expect(hrefs(parseMarkdown(source))).toEqual([]);
  });

  it('emits known nodes and web links only, whatever is written', () => {
    const piece = fc.constantFrom(
      ...[
        '<font color=',
        "'red'",
        '>',
        '</font>',
        '<a href=',
        'javascript:',
        'https://a.example',
        ')',
        '](',
        '[',
        '**',
      ],
      ...[
        '<script>',
        '</script>',
        '<at id=all></at>',
        'onclick=',
        '"',
        '\n',
        '\n\n',
        '`',
        '<br>',
        '&#60;',
        '- ',
        '|',
        '>',
      ],
      ...['<link url=', '</a>', '</link>', '# ', '![', '~~', '<text_tag>', '</text_tag>', 'x', ' '],
    );
    const source = fc
      .array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(source, (written) => {
        const blocks = parseMarkdown(written);
        for (const kind of kinds(blocks)) expect(KNOWN).toContain(kind);
        for (const href of hrefs(blocks)) expect(href).toMatch(/^https?:\/\//);
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['tags', 2_000, (count: number) => `${'<font color=red>'.repeat(count)}x${'</font>'.repeat(count)}`],
    ['quotes', 15_000, (count: number) => `${'>'.repeat(count)}x`],
    ['brackets', 15_000, (count: number) => '['.repeat(count)],
    ['stars', 5_000, (count: number) => '**a '.repeat(count)],
  ])('reads deeply nested %s without taking more and more time over each', (_name, count, source) => {
    expect(parseMarkdown(source(count)).length).toBeGreaterThan(0);
    expectLinear((size) => {
      const text = source(size);
      return () => void parseMarkdown(text);
    }, count);
  });
});

const KNOWN = [
  ...['paragraph', 'heading', 'quote', 'code', 'list', 'table', 'rule', 'text', 'break', 'strong', 'em', 'del'],
  ...['link', 'font', 'tag', 'badge', 'at', 'person', 'time', 'image'],
];

/** Every object with a kind, at any depth. */
function nodes(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(nodes);
  if (typeof value !== 'object' || value === null) return [];
  const node: Record<string, unknown> = { ...value };
  return ['kind' in node ? [node] : [], ...Object.values(node).map(nodes)].flat();
}

const kinds = (blocks: Block[]): unknown[] => nodes(blocks).map(({ kind }) => kind);
const hrefs = (blocks: Block[]): string[] =>
  nodes(blocks).flatMap(({ href }) => (href === undefined ? [] : String(href)));

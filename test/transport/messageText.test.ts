import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messageText } from '../../src/transport/messageText.ts';

const text = (content: unknown): string => messageText('text', JSON.stringify(content)).text;
const post = (content: unknown[][], title?: unknown): string =>
  messageText('post', JSON.stringify({ ...(title !== undefined && { title }), content })).text;

const words = (value: string, style: string[] = []) => ({ tag: 'text', text: value, style });
const at = (key: string) => ({ tag: 'at', user_id: key, user_name: '技能助手', style: [] });

describe('messageText', () => {
  it('is the text of a text message, to the letter', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (value) => expect(text({ text: value })).toBe(value)));
  });

  it('joins the nodes of a post line by line, mentions as keys, without its formatting', () => {
    const lines = post([
      [at('@_user_1'), words(' /skill rename '), words('VIP', ['bold']), words(' 二线')],
      [words('见 '), { tag: 'a', href: 'https://example.com', text: '说明', style: ['italic'] }],
    ]);
    expect(lines).toBe('@_user_1 /skill rename VIP 二线\n见 说明');
  });

  const read = (content: unknown) => messageText('post', JSON.stringify(content));

  it('reads code blocks, each on lines of its own', () => {
    const block = { tag: 'code_block', language: 'PLAIN_TEXT', text: '/skill list\nVIP' };
    expect(post([[at('@_user_1')], [block]]).trim()).toBe('@_user_1\n\n/skill list\nVIP');
    expect(post([[at('@_user_1'), block, words('x')]])).toBe('@_user_1\n/skill list\nVIP\nx');
  });

  it.each([
    ['md', { text: '**VIP**' }, '**VIP**'],
    ['quote', { content: '引用' }, '引用'],
    ['todo', { name: '名称', other: 'x' }, '名称'],
    ['unknown', { text: 5, content: ['x'], name: 'n' }, 'n'],
    [undefined, { text: 'no tag' }, 'no tag'],
  ])('reads the text of a node of the kind %p', (tag, fields, said) => {
    expect(post([[words('a'), { tag, ...fields }, words('b')]])).toBe(`a${said}b`);
  });

  it('reads an emotion by its name, and a link without a label by its address', () => {
    expect(post([[words('a'), { tag: 'emotion', emoji_type: 'SMILE' }]])).toBe('a[SMILE]');
    expect(post([[{ tag: 'a', href: 'https://x.cn' }]])).toBe('https://x.cn');
  });

  it('tells of what it cannot read', () => {
    const row = [
      words('a'),
      { tag: 'img', image_key: 'k', text: 'x' },
      { tag: 'hr' },
      { tag: 'media' },
      { tag: 'chart' },
    ];
    expect(read({ content: [row, row] })).toEqual({ text: 'a\na', unread: ['img', 'media', 'chart'] });
  });

  it('reads a mention of everybody, and the name of somebody without an id', () => {
    expect(post([[words('a '), { tag: 'at', user_id: 'all', user_name: '所有人' }]])).toBe('a @_all');
    expect(post([[{ tag: 'at', user_id: '', user_name: '王五' }]])).toBe('@王五');
    // A digit right after the key is none of it.
    expect(post([[at('@_user_1'), words('0 号')]])).toBe('@_user_1 0 号');
    expect(post([[at('@_user_1'), words('组')]])).toBe('@_user_1组');
  });

  it.each([
    ['a locale', { zh_cn: { title: '', content: [[words('/skill list')]] } }],
    ['another locale', { en_us: { content: [[words('/skill list')]] } }],
    ['a locale that nobody thought of', { fr_fr: { content: [[words('/skill list')]] } }],
    ['a post', { post: { zh_cn: { title: '', content: [[words('/skill list')]] } } }],
    ['a post without a locale', { post: { content: [[words('/skill list')]] } }],
    ['two locales', { en_us: { content: [[words('x')]] }, zh_cn: { content: [[words('/skill list')]] } }],
  ])('reads a post in %s', (_what, content) => {
    expect(read(content)).toEqual({ text: '/skill list' });
  });

  it.each<[string, unknown]>([
    ['a link without a label', { tag: 'a', text: ' ', href: 'mailto:sara@example.com' }],
    ['markdown in another field', { tag: 'md', text: '', content: 'sara@example.com' }],
    ['code in another field', { tag: 'code_block', content: 'sara@example.com' }],
    ['a text in another field', { tag: 'text', content: 'sara@example.com' }],
    ['an emotion that says its text', { tag: 'emotion', text: 'sara@example.com' }],
    ['a row within a row', [[{ tag: 'text', text: 'sara@example.com' }]]],
    ['a bare text', 'sara@example.com'],
  ])('reads %s', (_what, node) => {
    expect(read({ content: [[words('/skill list')], [node]] }).text).toContain('sara@example.com');
  });

  it.each<[string, unknown]>([
    ['at', { tag: 'at', user_id: '', user_name: '' }],
    ['at', { tag: 'at' }],
    ['emotion', { tag: 'emotion' }],
    ['chart', { tag: 'chart' }],
    ['text', { tag: 'text' }],
  ])('notes that there is no text in: %s', (tag, node) => {
    expect(read({ content: [[words('/skill list'), node]] }).unread).toEqual([tag]);
  });

  it('passes over nodes and rows that are none', () => {
    const rows = [null, [null, words('/skill'), words(' list')], 'x', { tag: 'text', text: 'VIP' }];
    expect(read({ title: null, content: rows }).text.split('\n').filter(Boolean)).toEqual(['/skill list', 'x', 'VIP']);
  });

  it('keeps numbers, and lines that are wrapped once more', () => {
    expect(read({ content: [[words('/skill rename VIP '), 5], [true]] }).text).toBe('/skill rename VIP 5\ntrue');
    expect(read({ content: [[[words('/skill set-agents VIP')], [words('ou_a'), words(' ou_b')]]] }).text).toBe(
      '/skill set-agents VIP\nou_a ou_b',
    );
  });

  it('notes a node that says something where nodes have no text', () => {
    const nodes = [words('/skill list'), { tag: 'text', text: '', value: 'VIP' }, { tag: 'date', text: ' ', at: 5 }];
    expect(read({ content: [nodes] })).toEqual({ text: '/skill list', unread: ['text', 'date'] });
    expect(
      read({ content: [[words('/skill list'), { tag: 'text', text: ' ', style: ['bold'], un_escape: true }]] }),
    ).toEqual({
      text: '/skill list ',
    });
    expect(read({ content: [[words('/skill list'), { tag: 'at', user_id: '', user_name: ' ' }]] }).unread).toEqual([
      'at',
    ]);
  });

  it('is the title of a post that says nothing else', () => {
    expect(post([], '/skill list')).toBe('/skill list');
    expect(post([[{ tag: 'img', image_key: 'img_1' }], [words(' ')]], '/skill list')).toBe('/skill list');
    expect(post([])).toBe('');
  });

  it('has a heading beside its text, unless that begins the command', () => {
    expect(read({ title: '排班', content: [[words('/skill list')]] })).toEqual({ text: '/skill list', title: '排班' });
    expect(read({ title: ' ', content: [[words('/skill list')]] })).toEqual({ text: '/skill list' });
    expect(read({ title: '/skill add-agent VIP', content: [[at('@_user_1')]] })).toEqual({
      text: '/skill add-agent VIP\n@_user_1',
    });
  });

  it('leaves out nodes whose text is none', () => {
    expect(post([[{ tag: 'text', text: 5 }, { tag: 'at', user_id: {} }, { tag: 'a' }, words('a')]])).toBe('a');
  });

  it.each(['file', 'image', 'audio', 'media', 'sticker', 'interactive', 'share_chat', '', 'constructor'])(
    'is empty for a message of type %p',
    (type) => {
      expect(messageText(type, JSON.stringify({ text: '/skill list', content: [[words('a')]] }))).toEqual({ text: '' });
    },
  );

  it.each(['', '{', 'null', '5', '"/skill"', '[]', '{"text":5}', '{"content":"a"}'])(
    'is empty for the content %p',
    (content) => {
      expect(messageText('text', content)).toEqual({ text: '' });
      expect(messageText('post', content)).toEqual({ text: '' });
    },
  );

  it('is a text, whatever comes', () => {
    const types = fc.constantFrom('text', 'post', 'file');
    fc.assert(
      fc.property(types, fc.json(), (type, content) => expect(typeof messageText(type, content).text).toBe('string')),
    );
  });
});

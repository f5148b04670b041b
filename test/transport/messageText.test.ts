import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messageText } from '../../src/transport/messageText.ts';

const text = (content: unknown): string => messageText('text', JSON.stringify(content));
const post = (content: unknown[][], title?: unknown): string =>
  messageText('post', JSON.stringify({ ...(title !== undefined && { title }), content }));

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

  it('leaves out what is no text', () => {
    const nodes = ['img', 'media', 'emotion', 'hr', 'code_block', 'md', 'unknown'].map((tag) => ({ tag, text: 'x' }));
    expect(post([[words('a'), ...nodes, words('b')]])).toBe('ab');
  });

  it('is the title of a post that says nothing else', () => {
    expect(post([], '/skill list')).toBe('/skill list');
    expect(post([[{ tag: 'img', image_key: 'img_1' }], [words(' ')]], '/skill list')).toBe('/skill list');
    expect(post([[words('/skill list')]], 'title')).toBe('/skill list');
    expect(post([])).toBe('');
  });

  it('leaves out nodes whose text is none', () => {
    expect(post([[{ tag: 'text', text: 5 }, { tag: 'at', user_id: {} }, { tag: 'a' }, words('a')]])).toBe('a');
  });

  it.each(['file', 'image', 'audio', 'media', 'sticker', 'interactive', 'share_chat', '', 'constructor'])(
    'is empty for a message of type %p',
    (type) => {
      expect(messageText(type, JSON.stringify({ text: '/skill list', content: [[words('a')]] }))).toBe('');
    },
  );

  it.each([
    '',
    '{',
    'null',
    '5',
    '"/skill"',
    '[]',
    '{"text":5}',
    '{"content":"a"}',
    '{"content":[5]}',
    '{"content":[[5]]}',
  ])('is empty for the content %p', (content) => {
    expect(messageText('text', content)).toBe('');
    expect(messageText('post', content)).toBe('');
  });

  it('is a text, whatever comes', () => {
    const types = fc.constantFrom('text', 'post', 'file');
    fc.assert(
      fc.property(types, fc.json(), (type, content) => expect(typeof messageText(type, content)).toBe('string')),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { languageOf, PAGE_HEADERS, page } from '../../src/http/page.ts';
import { phrase } from '../../src/lib/phrase.ts';

describe('languageOf', () => {
  it.each([
    [undefined, 'zh'],
    ['', 'zh'],
    ['*', 'zh'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['zh', 'zh'],
    ['zh-Hant-TW', 'zh'],
    ['en', 'en'],
    ['EN-GB', 'en'],
    ['en-US,en;q=0.9,zh;q=0.8', 'en'],
    ['en;q=0.8,zh-CN;q=0.9', 'zh'],
    ['zh;q=0.8,en;q=0.9', 'en'],
    ['zh;q=.1 , en;q=.2', 'en'],
    ['zh;Q=0.1,en', 'en'],
    ['en;q=0,zh;q=0.1', 'zh'],
    ['zh;q=0,en;q=0.001', 'en'],
    ['en;q=0', 'zh'],
    ['de-DE,de;q=0.9,en;q=0.5,zh;q=0.4', 'en'],
    ['de,fr;q=0.9', 'zh'],
    ['en;q=0.5,zh;q=0.5', 'en'],
    ['zh;q=0.5,en;q=0.5', 'zh'],
    ['en ; q=0.2, zh ; q=0.1', 'en'],
    ['en;level=1;q=0.3,zh;q=0.2', 'en'],
    ['enm', 'zh'],
    ['english', 'zh'],
    ['zhx,en;q=0.1', 'en'],
    [',,;;q=,', 'zh'],
  ])('reads %p as %p', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  it('is one of the two, whatever is sent', () => {
    fc.assert(fc.property(fc.string(), (header) => ['zh', 'en'].includes(languageOf(header))));
  });
});

describe('page', () => {
  const html = (name: string, language: 'zh' | 'en' = 'en') =>
    page(
      {
        title: phrase('标题', 'Title'),
        text: [phrase(`${name}，你好`, `Hello ${name}`), phrase('再见', 'Bye')],
        good: true,
      },
      language,
    );

  it('is in one language, and says in which', () => {
    expect(html('Lin', 'en')).toContain('<html lang="en">');
    expect(html('Lin', 'en')).not.toMatch(/\p{Script=Han}/u);
    expect(html('Lin', 'zh')).toContain('<html lang="zh-CN">');
    expect(html('Lin', 'zh')).toContain('<h1>标题</h1><p>Lin，你好</p><p>再见</p>');
  });

  it('has another colour when it is bad news', () => {
    expect(page({ title: phrase('', ''), text: [], good: false }, 'en')).not.toBe(
      page({ title: phrase('', ''), text: [], good: true }, 'en'),
    );
  });

  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['"><img src=x onerror=alert(1)>', '&quot;&gt;&lt;img src=x onerror=alert(1)&gt;'],
    ["' onload='x", '&#39; onload=&#39;x'],
    ['&lt;b&gt; & co', '&amp;lt;b&amp;gt; &amp; co'],
    ['$& $1 $`', '$&amp; $1 $`'],
  ])('shows the name %p as text', (name, shown) => {
    expect(html(name)).toContain(`<p>Hello ${shown}</p>`);
  });

  it('has the same tags whatever a person is called', () => {
    const tags = (text: string) => text.match(/<[^>]*>/g);
    const pieces = fc.constantFrom('<', '>', '&', '"', "'", '</p>', '<!--', 'x');
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' }))), (parts) => {
        expect(tags(html(parts.join('')))).toEqual(tags(html('x')));
      }),
    );
  });

  it('loads and runs nothing, and needs nothing that its headers forbid', () => {
    expect(html('x')).not.toMatch(/<script|<link|<img|<iframe|<form|https?:|url\(|@import| on\w+=/i);
    expect(PAGE_HEADERS['Content-Security-Policy']).toMatch(/^default-src 'none'; style-src 'unsafe-inline';/);
    expect(PAGE_HEADERS['Content-Security-Policy']).toContain("frame-ancestors 'none'");
  });
});

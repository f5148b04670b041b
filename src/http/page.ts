import type { Language, Phrase } from '../lib/phrase.ts';

/** The language of a browser, by its `Accept-Language`; Chinese when it asks for neither. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find((value) => value);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => quality > 0 && /^(zh|en)\b/.test(tag))
    .sort((a, b) => b.quality - a.quality);
  return wanted[0]?.tag.startsWith('en') ? 'en' : 'zh';
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** What a page says, paragraph by paragraph; `good` decides on its colour only. */
export interface PageText {
  title: Phrase;
  text: readonly Phrase[];
  good: boolean;
}

const STYLE =
  'body{font:16px/1.6 system-ui,sans-serif;margin:0;display:grid;place-items:center;min-height:100vh;background:#f5f6f7;color:#1f2329}' +
  'main{background:#fff;border-radius:12px;padding:32px;max-width:26rem;margin:16px;border-top:4px solid var(--c)}' +
  'h1{font-size:1.25rem;margin:0 0 8px}p{margin:0}p+p{margin-top:8px}' +
  '@media(prefers-color-scheme:dark){body{background:#1a1a1a;color:#ebebeb}main{background:#292929}}';

/** Nothing on the page loads or runs anything. */
export const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** A small page in one language. */
export function page({ title, text, good }: PageText, language: Language): string {
  const lang = language === 'zh' ? 'zh-CN' : 'en';
  return (
    `<!doctype html><html lang="${lang}"><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<title>${escapeHtml(title[language])}</title><style>${STYLE}</style></head>` +
    `<body><main style="--c:${good ? '#34c724' : '#f54a45'}"><h1>${escapeHtml(title[language])}</h1>` +
    `${text.map((paragraph) => `<p>${escapeHtml(paragraph[language])}</p>`).join('')}</main></body></html>`
  );
}

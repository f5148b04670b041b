import { existsSync } from 'node:fs';
import { type Response, Router } from 'express';
import { onlyLocal } from '../control/onlyLocal.ts';

const ASSETS = ['app.js', 'app.css', 'consent.css', 'icon.svg'];

const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/**
 * The chat in the browser, for this machine only: the page at `/`, and what it is made of under `/page/`. `assets` is the
 * folder of the built page, if there is one.
 */
export function chatRoutes(assets: string | undefined): Router {
  const router = Router();
  router.get('/', onlyLocal, (_request, response) => {
    if (assets !== undefined && existsSync(`${assets}/app.js`)) send(response, 200, PAGE);
    else send(response, 503, NOT_BUILT);
  });
  if (assets === undefined) return router;
  for (const name of ASSETS) {
    router.get(`/page/${name}`, onlyLocal, (_request, response) => {
      response.set(HEADERS).sendFile(name, { root: assets, cacheControl: false });
    });
  }
  return router;
}

function send(response: Response, status: number, html: string): void {
  response.set(HEADERS).status(status).type('html').send(html);
}

const PAGE = `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Local Feishu</title>
<link rel="icon" href="/page/icon.svg">
<link rel="stylesheet" href="/page/app.css">
<script src="/page/app.js" defer></script></head>
<body><div id="app"></div><noscript>This page needs JavaScript. 此页面需要 JavaScript。</noscript></body></html>`;

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Not built</title>
<p>The page is not built yet: run <code>npm run build</code>. 页面尚未构建，请运行 <code>npm run build</code>。</p></html>`;

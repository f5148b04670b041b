import type { Decision } from './authorizePage.ts';
import { AUTHORIZE_PATH } from './authorizeRoutes.ts';
import { DEVICE_PATH } from './deviceRoutes.ts';

export interface Page {
  url: string;
  status: number;
  body: string;
  headers: Record<string, string>;
}

const MAX_REDIRECTS = 10;

/** A browser that follows redirects and keeps cookies by host. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();
  readonly #acceptLanguage: string;

  constructor(acceptLanguage = 'zh-CN,zh;q=0.9,en;q=0.8') {
    this.#acceptLanguage = acceptLanguage;
  }

  /** Opens a page; stops before following a redirect of which `isEnd` says so. */
  async open(url: string, form?: URLSearchParams, isEnd: (page: Page) => boolean = () => false): Promise<Page> {
    let page = await this.#request(url, form);
    for (let hops = 0; isRedirect(page) && !isEnd(page); hops += 1) {
      if (hops >= MAX_REDIRECTS) throw new Error(`too many redirects from ${url}`);
      page = await this.#request(locationOf(page));
    }
    return page;
  }

  async #request(url: string, form?: URLSearchParams): Promise<Page> {
    const { host } = new URL(url);
    const cookies = this.#cookies.get(host) ?? new Map<string, string>();
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { 'accept-language': this.#acceptLanguage, ...(cookie === '' ? {} : { cookie }) },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) cookies.set(name, value);
    }
    this.#cookies.set(host, cookies);
    return { url, status: response.status, body: await response.text(), headers: Object.fromEntries(response.headers) };
  }
}

export const isRedirect = ({ status }: Page): boolean => status >= 300 && status < 400;

/** Absolute address of a redirect. */
export function locationOf(page: Page): string {
  return new URL(page.headers.location ?? '', page.url).toString();
}

/** From which link, at which Feishu, who decides what. */
interface Journey {
  accountsUrl: string;
  startUrl: string;
  as: string;
  decision: Decision;
}

/**
 * Goes from a login link to the consent form and decides there. Gives the redirect back to the bot, unfollowed, or the
 * page where the journey ended, before the form or, for a device, after it.
 */
export async function decide(
  browser: Browser,
  { accountsUrl, startUrl, as, decision }: Journey,
): Promise<{ decided: boolean; page: Page }> {
  const form = await browser.open(startUrl);
  const requestId = /name="request" value="([^"]+)"/.exec(form.body)?.[1];
  const path = [AUTHORIZE_PATH, DEVICE_PATH].find((start) => form.url.startsWith(`${accountsUrl}${start}`));
  if (path === undefined || requestId === undefined) return { decided: false, page: form };
  const action = `${accountsUrl}${path}/decision`;
  const answer = new URLSearchParams({ request: requestId, as, decision });
  for (const [, scope = ''] of form.body.matchAll(/name="scope" value="([^"]+)" checked/g))
    answer.append('scope', scope);
  const page = await browser.open(action, answer, () => true);
  return { decided: true, page };
}

import { fileURLToPath } from 'node:url';
import type { PageOptions } from 'local-feishu';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { BRINGS_CHROMIUM, findChromium } from '../support/chromium.js';

/** Without sandbox, because tests often run as root in a container; without calls home; plain grey text compresses better. */
const FLAGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-lcd-text'.split(
    ' ',
  );

/** Starts the Chromium of this machine. Throws what to install when there is none. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(`There is no Chromium here. ${BRINGS_CHROMIUM}.`);
  return chromium.launch({ executablePath, args: FLAGS });
}

/** The built page, for a sandbox that runs from its sources. */
export const PAGE: PageOptions = {
  assets: fileURLToPath(new URL('../../dist/local-feishu/web/', import.meta.url)),
  hints: ['list', 'show', 'rename', 'add-agent'].map((name) => ({
    insert: `/skill ${name} `,
    usage: { zh: `/skill ${name} <技能>`, en: `/skill ${name} <skill>` },
    summary: { zh: '说明', en: 'summary' },
  })),
};

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** What the page complained of: errors, and what its Content-Security-Policy stopped. */
  complaints: string[];
}

/** Opens the page in a fresh browser profile, in English unless told otherwise. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(45_000);
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  await textBox(page).waitFor();
  return { page, context, complaints };
}

/** Where messages are typed. */
export const textBox = (page: Page) => page.getByRole('textbox', { name: /^(Message|发送给)/ });

/** Types a line into the text box and sends it. */
export async function say(page: Page, line: string): Promise<void> {
  await textBox(page).fill(line);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
}

/** The newest card with this title, once it is there. */
export async function cardTitled(page: Page, title: string) {
  const card = page.locator('.card', { has: page.locator('.card-title', { hasText: title }) }).last();
  await card.waitFor();
  return card;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type BotProcess, spawnBot } from '../support/bot.ts';
import { unusedPort } from '../support/fakeServer.ts';
import { until } from '../support/story.ts';
import { cardTitled, startBrowser, textBox, visit } from './browser.ts';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../../samples/message.json', import.meta.url));

describe('the first minute, without credentials', () => {
  let browser: Browser;
  let bot: BotProcess;
  let url: string;
  beforeAll(async () => {
    browser = await startBrowser();
    bot = spawnBot({ PORT: String(await unusedPort()) });
    await until(() => /chat +http:\S+/.test(bot.output()));
    url = /chat +(http:\S+)/.exec(bot.output())?.[1] ?? '';
  });
  afterAll(async () => {
    await browser.close();
    bot.signal('SIGTERM');
    expect(await bot.exited).toMatchObject({ code: 0 });
  });

  it('opens on a greeting, and offers the real commands', async () => {
    const { page, context } = await visit(browser, url);
    await cardTitled(page, 'Agent skills by chat');
    await textBox(page).pressSequentially('/skill hist');
    await page.getByRole('option', { name: /history/ }).waitFor();
    await page.keyboard.press('Enter');
    expect(await textBox(page).inputValue()).toBe('/skill history ');
    await page.keyboard.press('Enter');
    await cardTitled(page, 'History');
    await context.close();
  });

  it('kills the bot in the middle of an answer and starts it: the answer comes, once', async () => {
    const { page, context } = await visit(browser, url);
    const hang = { method: 'POST', route: '/open-apis/im/v1/messages/:message_id/reply', kind: { type: 'hang' } };
    const control = (name: string, init: RequestInit) =>
      fetch(`${url}sandbox/${name}`, { headers: { 'content-type': 'application/json' }, ...init });
    await control('faults', { method: 'POST', body: JSON.stringify(hang) });
    await page.getByRole('button', { name: 'Behind the scenes' }).click();
    const replies = page.locator('.entry', { hasText: '/reply' });
    const before = await replies.count();
    await textBox(page).fill('/skill show VIP');
    await page.keyboard.press('Enter');
    await page.locator('.entry.failed', { hasText: '/reply' }).waitFor();

    await page.getByRole('button', { name: 'Kill the bot' }).click();
    await page.getByRole('alert').filter({ hasText: 'The bot is gone' }).waitFor();
    // A bot that is stopped well would wait for its answer first, send it again when none comes, and finish.
    expect(await replies.count()).toBe(before + 1);
    await control('faults', { method: 'DELETE' });
    await page.getByRole('button', { name: 'Start the bot' }).click();
    await page.getByRole('button', { name: 'Kill the bot' }).waitFor();
    await page.locator('.card-title', { hasText: 'VIP' }).waitFor();
    expect(await page.locator('.card-title', { hasText: 'VIP' }).count()).toBe(1);
    await context.close();
  });

  it('takes a replayed event, and prints what came of it', async () => {
    const sandbox = new URL(url).origin;
    const child = spawn(process.execPath, [`${DIST}replay.js`, SAMPLE, '--sandbox', sandbox, '--language', 'zh'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    expect(printed).toMatch(/im\.message\.receive_v1 \S+ → 200[\s\S]*GET \/open-apis\/helpdesk[\s\S]*│ \[blue\] VIP/);
  });
});

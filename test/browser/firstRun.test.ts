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
    await until(() => /chat +http:\S+/.test(bot.output()), 15_000);
    url = /chat +(http:\S+)/.exec(bot.output())?.[1] ?? '';
  }, 30_000);
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

  it('stops and starts the bot, which has forgotten nothing', async () => {
    const { page, context } = await visit(browser, url);
    await page.getByRole('button', { name: 'Behind the scenes' }).click();
    await page.getByRole('button', { name: 'Stop the bot' }).click();
    await page.getByRole('alert').filter({ hasText: 'The bot is stopped' }).waitFor();
    await page.getByRole('button', { name: 'Start the bot' }).click();
    await page.getByRole('button', { name: 'Stop the bot' }).waitFor();
    await textBox(page).fill('/skill show VIP');
    await page.keyboard.press('Enter');
    await cardTitled(page, 'VIP');
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

import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Stage, skillOf, startStage, until } from '../support/story.ts';
import { cardTitled, PAGE, say } from './browser.ts';
import { openPages, type Pages } from './stage.ts';

const PRINTERS = '6941215891786825759';

describe('behind the scenes', () => {
  let stage: Stage;
  let pages: Pages;
  let running = true;
  let tell = (): void => undefined;
  const set = (is: boolean): void => {
    running = is;
    tell();
  };
  const bot = {
    isRunning: () => running,
    kill: () => stage.bot.kill().then(() => set(false)),
    start: () => stage.restart().then(() => set(true)),
    onChange: (listener: () => void) => {
      tell = listener;
    },
  };
  beforeAll(async () => {
    stage = await startStage({ sandbox: { page: { ...PAGE, bot }, retryDelaysMs: Array(40).fill(500) } });
    pages = await openPages(stage.sandbox);
  });
  afterEach(() => pages.endTest());
  afterAll(async () => {
    await pages.close();
    await stage.close();
  });

  const openPanel = async (page: Page) => {
    await page.getByRole('button', { name: 'Behind the scenes' }).click();
    const panel = page.getByRole('complementary', { name: 'Behind the scenes' });
    await panel.waitFor();
    return panel;
  };

  it('shows the helpdesk, edits it as somebody else, and arms faults', async () => {
    const { page } = await pages.open();
    const panel = await openPanel(page);
    const edit = page.getByRole('button', { name: 'Edit as somebody else' });
    const line = panel.getByRole('listitem').filter({ hasText: 'Printers', has: edit });
    expect(await line.innerText()).toContain('Sara Chen');
    await line.locator(edit).click();
    await panel.getByText('Printers ★').waitFor();
    expect(skillOf(stage, PRINTERS).name).toBe('Printers ★');

    await panel.getByRole('button', { name: /503/ }).click();
    await panel.getByText('1 armed').waitFor();
    expect(stage.sandbox.faults.list()).toMatchObject([{ kind: { type: 'status', status: 503 }, times: 2 }]);
    await panel.getByRole('button', { name: 'Clear faults' }).click();
    await until(() => stage.sandbox.faults.list().length === 0);
    await panel.getByRole('button', { name: 'answer lost' }).click();
    await panel.getByRole('button', { name: 'done 5 s later' }).click();
    await panel.getByText('2 armed').waitFor();
    const kinds = stage.sandbox.faults.list().map(({ kind }) => kind);
    expect(kinds).toMatchObject([
      { type: 'drop', when: 'after' },
      { type: 'late', answer: { status: 500 } },
    ]);
    await panel.getByRole('button', { name: 'Clear faults' }).click();
    await until(() => stage.sandbox.faults.list().length === 0);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  it('shows calls as they happen, the JSON of a card, and a delivery as a file that can be replayed', async () => {
    const { page } = await pages.open();
    const panel = await openPanel(page);
    await say(page, `/skill show ${PRINTERS}`);
    const card = await cardTitled(page, 'Printers');
    await panel.locator('.entry', { hasText: '/im/v1/messages/:message_id/reply' }).first().waitFor();

    const message = page.locator('.message', { has: card });
    await message.getByRole('button', { name: 'JSON' }).click();
    expect(JSON.parse(await panel.locator('.section[open] > .json').innerText())).toMatchObject({ schema: '2.0' });

    await panel.locator('.section > summary', { hasText: 'Deliveries' }).click();
    const delivery = panel.locator('.entry', { hasText: 'im.message.receive_v1' }).first();
    await delivery.locator('summary').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      delivery.getByRole('button', { name: 'Save as file' }).click(),
    ]);
    const saved = JSON.parse(await readFile(await download.path(), 'utf8'));
    expect(saved.header).toMatchObject({ event_type: 'im.message.receive_v1', token: '' });
    const replayed = await stage.sandbox.replay(saved);
    await page.locator(`[data-message="${replayed.messageId}"]`).waitFor();
  });

  it('kills the bot, whose deliveries fail, and starts it, which takes them up', async () => {
    const { page } = await pages.open();
    const panel = await openPanel(page);
    await panel.getByRole('button', { name: 'Kill the bot' }).click();
    await page.getByRole('alert').filter({ hasText: 'The bot is gone' }).waitFor();
    await say(page, '/skill whoami');
    await panel.locator('.section > summary', { hasText: 'Deliveries' }).click();
    await panel.locator('.entry.failed', { hasText: 'no answer' }).first().waitFor();
    await panel.getByRole('button', { name: 'Start the bot' }).click();
    await cardTitled(page, 'Not logged in');
  });
});

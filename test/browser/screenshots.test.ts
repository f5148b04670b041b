import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { COMMANDS } from '../../src/commands/registry.ts';
import { type Stage, startStage } from '../support/story.ts';
import { cardTitled, PAGE, say, textBox } from './browser.ts';
import { smallPng } from './smallPng.ts';
import { openPages, type Pages } from './stage.ts';

/** Where the pictures of the READMEs go; without it they are only taken. */
const FOLDER = process.env.SCREENSHOTS;
const MAX_BYTES = 80_000;
const hints = COMMANDS.map(({ name, usage, summary }) => ({
  insert: `/skill ${name} `,
  usage: { zh: `/skill ${name} ${usage.zh}`, en: `/skill ${name} ${usage.en}` },
  summary,
}));

const CHATS = [
  {
    name: 'chat',
    locale: 'en-GB',
    agent: '@王五',
    asks: 'Please confirm',
    confirm: 'Confirm',
    done: 'Done',
    close: 'Close',
  },
  {
    name: 'chat.zh',
    locale: 'zh-CN',
    agent: '@陈默',
    asks: '请确认',
    confirm: '确认',
    done: '已完成',
    close: '关闭',
  },
];

describe('the pictures of the READMEs', () => {
  let stage: Stage;
  let pages: Pages;
  beforeAll(async () => {
    stage = await startStage({ sandbox: { page: { ...PAGE, hints } }, loggedIn: ['admin'] });
    pages = await openPages(stage.sandbox);
    if (FOLDER !== undefined) await mkdir(FOLDER, { recursive: true });
  });
  afterAll(async () => {
    await pages.endTest();
    await pages.close();
    await stage.close();
  });

  /** Takes a picture, and keeps it where pictures are wanted. */
  const take = async (page: Page, name: string) => {
    const picture = smallPng(await page.screenshot());
    if (FOLDER === undefined) return;
    await writeFile(`${FOLDER}/${name}.png`, picture);
    expect(picture.length).toBeLessThan(MAX_BYTES);
  };

  it.each(CHATS)('shows the chat and a confirmed change, in light ($name)', async (chat) => {
    const { page } = await pages.open({
      viewport: { width: 1000, height: 600 },
      colorScheme: 'light',
      locale: chat.locale,
      reducedMotion: 'reduce',
    });
    await say(page, `/skill add-agent VIP ${chat.agent}`);
    await (await cardTitled(page, chat.asks)).getByRole('button', { name: chat.confirm, exact: true }).click();
    await cardTitled(page, chat.done);
    await page.getByRole('status').getByRole('button', { name: chat.close }).click();
    await textBox(page).fill('/skill re');
    await page.getByRole('option').first().waitFor();
    await take(page, chat.name);
  });

  it('shows what is behind it, in dark and in Chinese', async () => {
    const look = {
      viewport: { width: 1101, height: 420 },
      colorScheme: 'dark',
      locale: 'zh-CN',
      reducedMotion: 'reduce',
    } as const;
    const { page } = await pages.open(look);
    await page.getByRole('button', { name: '幕后' }).click();
    await page.locator('.section > summary', { hasText: '服务台' }).click();
    await say(page, '/skill rename Printers 打印机');
    await cardTitled(page, '请确认');
    await take(page, 'behind');
  });

  it('shows a form on a phone', async () => {
    const { page } = await pages.open({
      viewport: { width: 375, height: 640 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
    });
    await say(page, '/skill add-agent');
    const form = await cardTitled(page, 'Add agents');
    await form.getByRole('combobox', { name: 'Skill' }).selectOption({ label: 'English desk' });
    await form.getByRole('button', { name: /^Agents/ }).click();
    await form.getByRole('checkbox', { name: '张三' }).check();
    await take(page, 'phone');
  });
});

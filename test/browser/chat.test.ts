import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, skillOf, startStage } from '../support/story.ts';
import { cardTitled, PAGE, say, textBox } from './browser.ts';
import { openPages, type Pages } from './stage.ts';

const VIP = '6941215891786825756';

describe('the chat in the browser', () => {
  let stage: Stage;
  let pages: Pages;
  beforeAll(async () => {
    stage = await startStage({ sandbox: { page: PAGE } });
    pages = await openPages(stage.sandbox);
  });
  afterEach(() => pages.endTest());
  afterAll(async () => {
    await pages.close();
    await stage.close();
  });

  it('takes the main job from a typed command over the login to the changed skill', async () => {
    const { page, context } = await pages.open();
    const box = textBox(page);
    await box.pressSequentially('/skill add-agent VIP @王');
    await page.getByRole('option', { name: '王五' }).click();
    expect(await box.inputValue()).toBe('/skill add-agent VIP @王五 ');
    await page.getByRole('button', { name: 'Send' }).click();

    const loginCard = await cardTitled(page, 'Please log in');
    const [consent] = await Promise.all([
      context.waitForEvent('page'),
      loginCard.getByRole('link', { name: /Log in/ }).click(),
    ]);
    expect(await consent.getByRole('radio', { name: /林晓/ }).isChecked()).toBe(true);
    await consent.getByRole('button', { name: /Agree/ }).click();
    await consent.getByText('You are logged in').waitFor();
    await consent.close();

    await (await cardTitled(page, 'Please confirm: Add agents')).getByRole('button', { name: 'Confirm' }).click();
    const done = await cardTitled(page, 'Done: Add agents');
    expect(await done.locator('.card-header').getAttribute('class')).toContain('template-green');
    const wang = stage.sandbox.desk.agents.find(({ name }) => name === '王五');
    expect(skillOf(stage, VIP).agentIds).toContain(wang?.openId);
  });

  it('takes the change back with its Undo button', async () => {
    const { page } = await pages.open();
    const before = skillOf(stage, VIP).agentIds;
    const done = await cardTitled(page, 'Done: Add agents');
    await done.getByRole('button', { name: 'Undo' }).click();
    await (await cardTitled(page, 'Please confirm: Undo')).getByRole('button', { name: 'Confirm' }).click();
    await cardTitled(page, 'Done: Undo');
    expect(skillOf(stage, VIP).agentIds).toEqual(before.slice(0, -1));
  });

  it('shows a conflict, and what has to be confirmed anew', async () => {
    const { page } = await pages.open();
    await say(page, `/skill rename ${VIP} Tier 2`);
    const preview = await cardTitled(page, 'Please confirm: Rename');
    stage.sandbox.desk.edit(VIP, (skill) => {
      skill.name = 'Gold';
    });
    await preview.getByRole('button', { name: 'Confirm' }).click();
    const conflict = await cardTitled(page, 'Changed meanwhile: Rename');
    expect(await conflict.innerText()).toContain('Gold');
    expect(skillOf(stage, VIP).name).toBe('Gold');
    await conflict.getByRole('button', { name: 'Confirm' }).click();
    await cardTitled(page, 'Done: Rename');
    expect(skillOf(stage, VIP).name).toBe('Tier 2');
  });

  it('fills in a form: a choice that calls back at once, people from a list, and the preview', async () => {
    const { page } = await pages.open();
    await say(page, '/skill add-agent');
    const form = await cardTitled(page, 'Add agents');
    await form.getByRole('combobox', { name: 'Skill' }).selectOption({ label: 'Printers' });
    await form.getByRole('button', { name: /^Agents/ }).click();
    await form.getByRole('checkbox', { name: 'Tom Li' }).check();
    await form.getByRole('checkbox', { name: '张三' }).check();
    await page.keyboard.press('Escape');
    await form.getByRole('button', { name: 'Preview' }).click();
    const preview = await cardTitled(page, 'Please confirm: Add agents');
    expect(await preview.innerText()).toContain('Printers');
    expect(await preview.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining('Tom Li'),
      expect.stringContaining('张三'),
    ]);
  });

  it('works by keyboard alone', async () => {
    const { page } = await pages.open();
    await textBox(page).waitFor();
    await page.keyboard.type('/skill ren');
    await page.getByRole('option', { name: /rename/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type(`${VIP} Keyboard`);
    await page.keyboard.press('Enter');
    const preview = await cardTitled(page, 'Please confirm: Rename');
    const confirm = preview.getByRole('button', { name: 'Confirm' });
    for (let step = 0; step < 30; step += 1) {
      await page.keyboard.press('Shift+Tab');
      if (await confirm.evaluate((button) => button.matches(':focus'))) break;
    }
    await page.keyboard.press('Enter');
    await page.locator('.card:has(.template-green)', { hasText: 'Keyboard' }).waitFor();
    expect(skillOf(stage, VIP).name).toBe('Keyboard');
  });

  it('speaks both languages, and remembers which', async () => {
    const { page } = await pages.open();
    await say(page, '/skill whoami');
    await cardTitled(page, 'Logged in');
    await page.getByRole('button', { name: '切换到中文' }).click();
    await cardTitled(page, '已登录');
    await page.getByRole('button', { name: '发送', exact: true }).waitFor();
    await page.reload();
    await cardTitled(page, '已登录');
  });

  it('is another person in another conversation', async () => {
    const { page } = await pages.open();
    await page.getByRole('radio', { name: /He Ping/ }).check();
    await page.getByRole('button', { name: /服务台值班群/ }).click();
    await say(page, '@bot hello from the group');
    await page.locator('.from-me', { hasText: 'hello from the group' }).waitFor();
    const { group } = stage.sandbox.chats;
    expect(stage.sandbox.messages(group.chatId)[0]?.senderId).toBe(stage.person('employee').openId);
  });

  it('fits a phone', async () => {
    const { page } = await pages.open({ viewport: { width: 375, height: 740 }, hasTouch: true });
    await say(page, '/skill show Printers');
    const card = await cardTitled(page, 'Printers');
    const box = await card.boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 375).toBe(true);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
    await page.getByRole('button', { name: 'Behind the scenes' }).click();
    await page.getByRole('complementary', { name: 'Behind the scenes' }).getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Send' }).waitFor();
  });
});

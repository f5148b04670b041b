import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type LocalFeishu, startLocalFeishu } from 'local-feishu';
import { PAGE, say } from './browser.ts';
import { openPages, type Pages } from './stage.ts';

let feishu: LocalFeishu<'ann' | 'ben'>;
let pages: Pages;
beforeAll(async () => {
  feishu = await startLocalFeishu({
    people: { ann: { name: 'Ann Lee' }, ben: { name: 'Ben Wu' } },
    chats: [
      { chatId: 'oc_one', name: 'First group' },
      { chatId: 'oc_two', name: 'Second group' },
    ],
    bot: { name: 'Robbie' },
    page: PAGE,
  });
  pages = await openPages(feishu);
});
afterEach(() => pages.endTest());
afterAll(async () => {
  await pages.close();
  await feishu.close();
});

it('the page shows the people and the groups that there are, and no helpdesk', async () => {
  const { page } = await pages.open();
  expect(await page.getByRole('radio', { name: 'Ann Lee' }).isChecked()).toBe(true);
  await page.getByText('Ben Wu').first().click();
  await page.getByRole('button', { name: /Second group/ }).click();
  await say(page, 'hello');
  await page.getByRole('log').getByText('hello').waitFor();
  expect(feishu.messages('oc_two')).toMatchObject([{ senderId: feishu.people.ben.openId }]);
  await page.getByRole('button', { name: /Robbie/ }).click();
  await page.getByRole('heading', { name: 'Robbie' }).waitFor();

  await page.getByRole('button', { name: 'Behind the scenes' }).click();
  const panel = page.getByRole('complementary', { name: 'Behind the scenes' });
  await panel.getByText('Faults').waitFor();
  expect(await panel.getByText('Helpdesk').count()).toBe(0);
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { CardJson } from 'local-feishu';
import type { Locator } from 'playwright-core';
import { z } from 'zod';
import { startTinyBot } from '../../local-feishu/test/tinyBot.ts';
import { type Bot, startBot } from '../support/bot.ts';
import { type LocalFeishu, startLocalFeishu } from '../support/localFeishu.ts';
import { PAGE } from './browser.ts';
import { callAsBot, cardOf, openPages, type Pages, sendCard, showCard } from './stage.ts';

const LIMITED = z.object({ code: z.literal(230020) });
const CARD_ACTION = 'card.action.trigger';
const plain = (content: string) => ({ tag: 'plain_text', content });
const callback = (action: string) => [{ type: 'callback', value: { action } }];
const HOSTILE = [
  '<img src=x onerror="window.hacked=1"> <script>window.hacked=1</script>',
  "[press](javascript:window.hacked=1) <a href='javascript:window.hacked=1'>press</a>",
  "<font color='red\" onclick=\"window.hacked=1'>red</font> <iframe srcdoc='<script>1</script>'></iframe>",
  '<svg onload=window.hacked=1>',
].join('\n\n');

describe('cards in the browser', () => {
  let sandbox: LocalFeishu;
  let bot: Bot;
  let pages: Pages;
  beforeAll(async () => {
    sandbox = await startLocalFeishu({ page: PAGE });
    bot = await startBot({ sandbox, databaseUrl: 'file::memory:' });
    pages = await openPages(sandbox);
  });
  afterEach(() => pages.endTest());
  afterAll(async () => {
    await pages.close();
    await bot.stop();
    await sandbox.close();
  });

  const callbacks = () => sandbox.deliveries.all().filter(({ eventType }) => eventType === CARD_ACTION);
  /** The first callback that is answered after `before`. */
  const nextCallback = (before: number) =>
    sandbox.deliveries.waitFor(({ eventId }) => callbacks().findIndex((entry) => entry.eventId === eventId) >= before);

  const WRONG = cardOf({ tag: 'markdown', content: 'x', wrong: true });
  const GO = { tag: 'button', text: plain('Go'), behaviors: callback('x') };

  /** Waits for the one place where all of this stands, in red. */
  const inRed = async (place: Locator, said: RegExp) => {
    await place.filter({ hasText: said }).waitFor();
    expect(
      await place
        .filter({ hasText: said })
        .evaluate((element) => element.ownerDocument.defaultView?.getComputedStyle(element).color),
    ).toBe('rgb(216, 57, 49)');
  };

  it('shows in red, in its place, a message that Feishu rejects, sent or as a reply', async () => {
    const { page } = await pages.open();
    const log = page.getByRole('log');
    expect(await sendCard(sandbox, WRONG)).toMatchObject({ code: 230099 });
    await inRed(log.locator('.rejected'), /Feishu rejected this card\s*230099 .*wrong/);

    const { messageId } = await sandbox.say('admin', 'p2p', 'a question that a test answers');
    const text = { msg_type: 'text', content: JSON.stringify({ text: 'x'.repeat(160_000) }) };
    expect(await callAsBot(sandbox, 'POST', `im/v1/messages/${messageId}/reply`, text)).toMatchObject({ code: 230025 });
    await inRed(log.locator('.rejected'), /Feishu rejected this card\s*230025/);
    expect(await log.locator('.rejected').count()).toBe(2);
  });

  it('shows in red, under the card, every update of it that Feishu rejects', async () => {
    const { page } = await pages.open();
    const card = await showCard(page, sandbox, cardOf(GO));
    const messageId = (await card.getAttribute('data-card')) ?? '';
    const under = page.locator('.message', { has: card }).locator('.rejected');
    const patch = { content: JSON.stringify(WRONG) };
    expect(await callAsBot(sandbox, 'PATCH', `im/v1/messages/${messageId}`, patch)).toMatchObject({ code: 230099 });
    await inRed(under, /Feishu rejected an update of this card\s*230099 .*wrong/);

    const { updateToken: token } = await sandbox.click('admin', messageId, { text: 'Go' });
    const update = (next: CardJson) => callAsBot(sandbox, 'POST', 'interactive/v1/card/update', { token, card: next });
    expect(await update(WRONG)).toMatchObject({ code: 11311 });
    await inRed(under, /11311 .*wrong/);
    for (const code of [0, 0, 300040]) expect(await update(cardOf(GO))).toMatchObject({ code });
    await inRed(under, /300040 .*twice/);
    expect(await under.count()).toBe(3);
  });

  it('shows no red for what is tried again, or was armed on this page', async () => {
    const { page } = await pages.open();
    const before = await page.locator('.rejected').count();
    sandbox.faults.add({ route: '/open-apis/im/v1/messages', kind: { type: 'status', status: 400, code: 230099 } });
    expect(await sendCard(sandbox, cardOf(GO))).toMatchObject({ code: 230099 });
    const sendMany = () => Promise.all(Array.from({ length: 25 }, () => sendCard(sandbox, cardOf(GO))));
    let sends = await sendMany();
    // So many are too many for one second only: a slow machine may need another go.
    while (!sends.some((sent) => LIMITED.safeParse(sent).success)) sends = await sendMany();
    await sandbox.say('admin', 'p2p', 'said afterwards');
    await page.getByRole('log').getByText('said afterwards').waitFor();
    expect(await page.locator('.rejected').count()).toBe(before);
  });

  it.each([
    ['refuses', { status: 500 }, /Code 200671 \(HTTP 500\)/],
    ['answers with something else', { body: { toast: 'x' } }, /Code 200672/],
    ['answers with a card that Feishu rejects', { body: { card: { type: 'raw', data: WRONG } } }, /200673 .*wrong/],
  ])('shows in red on the card a callback that the bot %s', async (_, answer, said) => {
    const { page } = await pages.open();
    const tiny = await startTinyBot(sandbox.credentials.encryptKey);
    const { cardUrl } = sandbox.settings;
    Object.assign(tiny, { answer: () => answer });
    try {
      sandbox.settings.cardUrl = tiny.url;
      const card = await showCard(page, sandbox, cardOf(GO));
      await card.getByRole('button', { name: 'Go' }).click();
      await inRed(card.getByRole('alert'), said);
    } finally {
      sandbox.settings.cardUrl = cardUrl;
      await tiny.close();
    }
  });

  it('shows the error of a callback that takes longer than 3 s', async () => {
    const { page } = await pages.open();
    const card = await showCard(page, sandbox, cardOf(GO));
    process.kill(bot.pid, 'SIGSTOP');
    try {
      await card.getByRole('button', { name: 'Go' }).click();
      expect(await card.getByRole('button', { name: 'Go' }).isDisabled()).toBe(true);
      await card.getByRole('alert').waitFor();
    } finally {
      process.kill(bot.pid, 'SIGCONT');
    }
    await inRed(card.getByRole('alert'), /Code 200341/);
    await page.getByRole('status').getByText('200341').waitFor();
    expect(await card.getByRole('button', { name: 'Go' }).isEnabled()).toBe(true);
  });

  it('asks before a button with a confirm dialog does anything; Escape is no', async () => {
    const { page } = await pages.open();
    const confirm = { title: plain('Sure?'), text: plain('It is for good.') };
    const asks = { tag: 'button', text: plain('Go'), confirm, behaviors: callback('x') };
    const go = (await showCard(page, sandbox, cardOf(asks))).getByRole('button', { name: 'Go' });
    const before = callbacks().length;
    await go.click();
    await page.getByRole('dialog', { name: 'Sure?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(callbacks()).toHaveLength(before);
    await go.click();
    await page.getByRole('dialog').getByRole('button', { name: 'OK' }).click();
    await nextCallback(before);
    expect(callbacks()).toHaveLength(before + 1);
  });

  it('does not submit a form while a required field is empty', async () => {
    const { page } = await pages.open();
    const submit = { tag: 'button', name: 'ok', form_action_type: 'submit', text: plain('Submit') };
    const card = await showCard(
      page,
      sandbox,
      cardOf({
        tag: 'form',
        name: 'form',
        elements: [
          { tag: 'input', name: 'reason', required: true, placeholder: plain('Why') },
          { ...submit, behaviors: callback('x') },
        ],
      }),
    );
    const before = callbacks().length;
    await card.getByRole('button', { name: 'Submit' }).click();
    await page.getByRole('status').getByText('Please fill in what is required').waitFor();
    expect(await card.getByRole('textbox', { name: 'Why' }).getAttribute('aria-invalid')).toBe('true');
    expect(callbacks()).toHaveLength(before);
    await card.getByRole('textbox', { name: 'Why' }).fill('because');
    await card.getByRole('button', { name: 'Submit' }).click();
    expect((await nextCallback(before)).body).toMatchObject({
      event: { action: { name: 'ok', form_value: { reason: 'because' } } },
    });
  });

  it('lets no script, no handler and no javascript: link of a card through', async () => {
    const { page } = await pages.open();
    const card = await showCard(page, sandbox, cardOf({ tag: 'markdown', content: HOSTILE }));
    expect(await card.innerText()).toContain('<script>window.hacked=1</script>');
    expect(await card.locator('script, img, svg, iframe, [onclick], [onerror], a').count()).toBe(0);
    await card.getByText('press').first().click();
    expect(await page.evaluate('window.hacked')).toBeUndefined();
  });

  it('survives a card that nests more deeply than a browser can draw', async () => {
    const { page } = await pages.open();
    await sendCard(sandbox, cardOf({ tag: 'markdown', content: `${'>'.repeat(9_000)}x` }));
    await sendCard(sandbox, cardOf({ tag: 'markdown', content: 'still here' }));
    await page.getByText('still here').waitFor();
  });

  it('draws panels, tables, columns, menus and people', async () => {
    const { page } = await pages.open();
    const { openId } = sandbox.people.owner;
    const [first, ...more] = [1, 2, 3, 4, 5, 6].map((n) => ({ n, who: openId }));
    const card = await showCard(
      page,
      sandbox,
      cardOf(
        {
          tag: 'collapsible_panel',
          header: { title: plain('More') },
          elements: [{ tag: 'markdown', content: 'inside **the panel**' }],
        },
        {
          tag: 'table',
          columns: [
            { name: 'n', data_type: 'number', display_name: 'No' },
            { name: 'who', data_type: 'persons' },
          ],
          rows: [first, ...more],
        },
        { tag: 'person_list', persons: [{ id: openId }], show_name: true },
        { tag: 'overflow', options: [{ text: plain('Later'), value: 'later' }], behaviors: callback('x') },
      ),
    );
    expect(await card.getByText('the panel').isVisible()).toBe(false);
    await card.getByText('More', { exact: true }).click();
    expect(await card.getByText('the panel').isVisible()).toBe(true);
    expect(await card.getByRole('row').count()).toBe(6);
    await card.getByRole('button', { name: 'Next' }).click();
    expect(await card.getByRole('row').count()).toBe(2);
    expect(await card.getByRole('listitem').innerText()).toContain('周敏');
    const before = callbacks().length;
    await card.getByRole('button', { name: 'More' }).click();
    await card.getByRole('button', { name: 'Later' }).click();
    expect((await nextCallback(before)).body).toMatchObject({ event: { action: { option: 'later' } } });
  });
});

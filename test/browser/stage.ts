import type { CardJson } from 'local-feishu';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { z } from 'zod';
import type { LocalFeishu } from '../support/localFeishu.ts';
import { startBrowser, type Visit, visit } from './browser.ts';

/** A browser for the page of a sandbox. */
export interface Pages {
  /** Opens the page; it is closed after the test, and must not have complained. */
  open(options?: BrowserContextOptions): Promise<Visit>;
  /** Closes the pages of a test, and fails when one complained. */
  endTest(): Promise<void>;
  close(): Promise<void>;
}

export async function openPages(sandbox: Pick<LocalFeishu, 'url'>): Promise<Pages> {
  const browser = await startBrowser();
  const visits: Visit[] = [];
  return {
    open: async (options) => {
      const opened = await visit(browser, sandbox.url, options);
      visits.push(opened);
      return opened;
    },
    endTest: async () => {
      const ended = visits.splice(0);
      for (const { context } of ended) await context.close();
      const complaints = ended.flatMap((one) => one.complaints);
      if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('\n')}`);
    },
    close: () => browser.close(),
  };
}

/** Calls the platform as the bot would. Gives its answer. */
export async function callAsBot({ url, credentials }: LocalFeishu, method: string, path: string, body: unknown) {
  const call = async (verb: string, at: string, content: unknown, token?: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}/open-apis/${at}`, {
      method: verb,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(content),
    });
    return { ...Object(await response.json()) };
  };
  const { appId, appSecret } = credentials;
  const app = { app_id: appId, app_secret: appSecret };
  const { tenant_access_token: token } = await call('POST', 'auth/v3/tenant_access_token/internal', app);
  return call(method, path, body, String(token));
}

/** Sends a card to the admin, whatever is in it. Gives the answer of the platform. */
export function sendCard(sandbox: LocalFeishu, card: CardJson): Promise<unknown> {
  const receive_id = sandbox.chats.p2p.admin.chatId;
  const message = { receive_id, msg_type: 'interactive', content: JSON.stringify(card) };
  return callAsBot(sandbox, 'POST', 'im/v1/messages?receive_id_type=chat_id', message);
}

/** Sends a card that is accepted, and gives it as the page shows it. */
export async function showCard(page: Page, sandbox: LocalFeishu, card: CardJson) {
  const { messageId } = z
    .object({ data: z.object({ message_id: z.string() }).transform(({ message_id }) => ({ messageId: message_id })) })
    .parse(await sendCard(sandbox, card)).data;
  const shown = page.locator(`[data-card="${messageId}"]`);
  await shown.waitFor();
  return shown;
}

/** A card of JSON 2.0 with these components. */
export const cardOf = (...elements: CardJson[]): CardJson => ({
  schema: '2.0',
  config: { update_multi: true },
  header: { title: { tag: 'plain_text', content: 'A card of the test' }, template: 'violet' },
  body: { elements },
});

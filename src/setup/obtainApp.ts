import type { Manifest } from '../config/manifest.ts';
import { type Connection, connect } from '../explain/connect.ts';
import { explain } from '../explain/explain.ts';
import { missingScopes } from '../explain/scopes.ts';
import type { Trouble } from '../explain/trouble.ts';
import type { RegisteredApp } from '../feishu/registration.ts';
import { phrase } from '../lib/phrase.ts';
import { createApp } from './createApp.ts';
import { mayOverwrite } from './overwrite.ts';
import { type Session, tellTrouble } from './session.ts';
import { knownWell, obtain } from './values.ts';

/** The app that is being set up, and its connection to Feishu. */
export interface SetUpApp {
  appId: string;
  appSecret: string;
  baseUrl: string;
  accountsUrl: string;
  connection: Connection;
}

export type Sites = Pick<SetUpApp, 'baseUrl' | 'accountsUrl'>;

const FEISHU: Sites = { baseUrl: 'https://open.feishu.cn', accountsUrl: 'https://accounts.feishu.cn' };
const LARK: Sites = { baseUrl: 'https://open.larksuite.com', accountsUrl: 'https://accounts.larksuite.com' };

/** Variables for addresses other than Feishu's own. */
export const siteVariables = ({ baseUrl, accountsUrl }: Sites): Record<string, string> => ({
  ...(baseUrl !== FEISHU.baseUrl && { FEISHU_BASE_URL: baseUrl }),
  ...(accountsUrl !== FEISHU.accountsUrl && { FEISHU_ACCOUNTS_URL: accountsUrl }),
});

/** An app whose credentials Feishu accepts: created, or one that exists. Throws a {@link Trouble}. */
export async function obtainApp(session: Session, manifest: Manifest): Promise<SetUpApp> {
  const sites = {
    baseUrl: siteOf(session, 'FEISHU_BASE_URL') ?? FEISHU.baseUrl,
    accountsUrl: siteOf(session, 'FEISHU_ACCOUNTS_URL') ?? FEISHU.accountsUrl,
  };
  if (await wantsNewApp(session)) {
    const app = await proven(session, await newApp(session, manifest, sites));
    await tellMissing(session, manifest, app);
    return app;
  }
  for (let again = false; ; again = true) {
    const app = { ...(await askForApp(session, again)), ...sites };
    try {
      return await proven(session, app);
    } catch (error) {
      const trouble = explain(error, app);
      if (!session.asker || !RETRIABLE.has(trouble.code)) throw trouble;
      tellTrouble(session, trouble);
    }
  }
}

/** Whoever scans may grant less than was asked for. What is missing is asked for once more with the rest of the plan. */
async function tellMissing(session: Session, { scopes }: Manifest, app: SetUpApp): Promise<void> {
  try {
    for (const { required, says, remedy } of missingScopes(
      scopes,
      await app.connection.application.grantedScopes(),
      app,
    )) {
      const mark = required ? '✗' : '!';
      session.print(phrase(`${mark} ${says.zh}${remedy.zh}`, `${mark} ${says.en} ${remedy.en}`));
    }
  } catch (error) {
    tellTrouble(session, explain(error, app));
  }
}

const siteOf = (session: Session, variable: 'FEISHU_BASE_URL' | 'FEISHU_ACCOUNTS_URL'): string | undefined =>
  knownWell(session, variable)?.replace(/\/+$/, '');

/** After these, another answer may be the right one. */
const RETRIABLE: ReadonlySet<string> = new Set(['wrong_secret', 'unknown_app']);

async function wantsNewApp({ options, asker, file }: Session): Promise<boolean> {
  if (options.create) return true;
  if (!asker || options.given.FEISHU_APP_ID !== undefined) return false;
  const existing = file.values.FEISHU_APP_ID;
  const choices = [
    { value: 'create', label: phrase('扫码创建一个新应用（推荐）', 'Create a new app by QR code (recommended)') },
    {
      value: 'existing',
      label: existing
        ? phrase(`使用已有的应用（${existing}）`, `Use an app that exists (${existing})`)
        : phrase('使用已有的应用', 'Use an app that exists'),
    },
  ] as const;
  const answer = await asker.choose(
    phrase('用哪个飞书应用？', 'Which Feishu app?'),
    choices,
    existing ? 'existing' : 'create',
  );
  return answer === 'create';
}

type Credentials = Pick<SetUpApp, 'appId' | 'appSecret'>;

async function askForApp(session: Session, again: boolean): Promise<Credentials> {
  const appId = await obtain(session, 'FEISHU_APP_ID', { message: phrase('App ID', 'App ID'), again });
  const changed = appId !== session.file.values.FEISHU_APP_ID && session.options.given.FEISHU_APP_SECRET === undefined;
  const secret = { message: phrase('App Secret（输入时不显示）', 'App Secret (hidden while you type)'), secret: true };
  return { appId, appSecret: await obtain(session, 'FEISHU_APP_SECRET', { ...secret, again: again || changed }) };
}

/** Stands for values that do not exist yet. */
const NEW = '';

/** Its secret is known to nobody else yet: it is saved at once. */
async function newApp(session: Session, manifest: Manifest, sites: Sites): Promise<Credentials & Sites> {
  await mayOverwrite(session, { FEISHU_APP_ID: NEW, FEISHU_APP_SECRET: NEW });
  const registered = await createApp(session, manifest, sites.accountsUrl).catch((error: unknown) => {
    throw explain(error, { appId: '', baseUrl: sites.accountsUrl });
  });
  const { appId, appSecret } = registered;
  const app = { appId, appSecret, ...homeOf(registered, sites) };
  session.save({ FEISHU_APP_ID: appId, FEISHU_APP_SECRET: appSecret, ...siteVariables(app) });
  session.print(
    phrase(
      `✓ 已创建应用 ${appId}，凭证已保存到 ${session.file.path}。`,
      `✓ Created the app ${appId}, and saved its credentials to ${session.file.path}.`,
    ),
  );
  return app;
}

const homeOf = ({ brand }: RegisteredApp, sites: Sites): Sites =>
  brand === 'lark' && sites.accountsUrl === FEISHU.accountsUrl ? LARK : sites;

/** Feishu gives this app a token. */
async function proven(session: Session, app: Credentials & Sites): Promise<SetUpApp> {
  const connection = connect(app, session.clock);
  try {
    await connection.tenantToken.get();
  } catch (error) {
    connection.http.close();
    throw explain(error, app);
  }
  session.print(phrase(`✓ 飞书接受应用 ${app.appId} 的凭证。`, `✓ Feishu accepts the credentials of ${app.appId}.`));
  return { ...app, connection };
}

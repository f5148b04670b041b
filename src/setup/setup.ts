import { type AppChoices, type Manifest, wantedApp } from '../config/manifest.ts';
import { DEFAULT_DATABASE_URL } from '../config/variables.ts';
import { explain } from '../explain/explain.ts';
import type { ApplicationState } from '../feishu/application.ts';
import { FeishuError } from '../feishu/errors.ts';
import { phrase } from '../lib/phrase.ts';
import { Cancelled } from './ask.ts';
import { carryOut, type Result } from './carryOut.ts';
import { chooseWays, type Ways } from './choices.ts';
import { BLANK, type Difference, differenceOf } from './difference.ts';
import { obtainApp, type SetUpApp } from './obtainApp.ts';
import { obtainDesk } from './obtainDesk.ts';
import { mayOverwrite } from './overwrite.ts';
import { requireAnswers } from './required.ts';
import { type DeliverySecrets, deliverySecrets } from './secrets.ts';
import { type Session, tellTrouble } from './session.ts';
import { knownWell, obtain } from './values.ts';
import { variablesFor } from './variables.ts';

/** Sets the bot up. Throws a {@link Trouble} when it cannot go on, {@link Cancelled} when somebody gives up. */
export async function setUp(session: Session, manifest: Manifest): Promise<Result> {
  requireAnswers(session);
  knownWell(session, 'PORT');
  const { create, dryRun } = session.options;
  const app = create && dryRun ? undefined : await obtainApp(session, manifest);
  try {
    return await setUpFor(session, manifest, app);
  } finally {
    app?.connection.http.close();
  }
}

async function setUpFor(session: Session, manifest: Manifest, app: SetUpApp | undefined): Promise<Result> {
  const ways = await chooseWays(session);
  const desk = await obtainDesk(session, app);
  const databaseUrl = await obtain(session, 'DATABASE_URL', {
    message: phrase('数据库（SQLite 文件或 postgres://…）', 'Database (an SQLite file, or postgres://…)'),
    fallback: DEFAULT_DATABASE_URL,
  });
  const present = app ? await presentState(session, app) : { before: BLANK, hasBot: true };
  const { before, hasBot } = present;
  const secrets = ways.transport === 'webhook' ? deliverySecrets(session, before ?? BLANK) : undefined;
  const wanted = wantedApp(manifest, choicesFor(ways, secrets));
  const difference = differenceOf(wanted, before ?? BLANK, hasBot);
  const values = variablesFor(session, { app, ways, desk, databaseUrl, secrets });
  tellPlan(session, difference, values);
  if (!app || session.options.dryRun) return 'done';
  await agree(session);
  await mayOverwrite(session, values);
  session.save(values);
  session.print(
    phrase(`✓ 已写入 ${session.file.path}（仅本人可读）。`, `✓ Wrote ${session.file.path}, readable by you only.`),
  );
  return carryOut(session, { app, ways, desk, databaseUrl, secrets, wanted, difference, before });
}

const choicesFor = (ways: Ways, secrets: DeliverySecrets | undefined): AppChoices => ({
  ...ways,
  verificationToken: secrets?.verificationToken,
  encryptKey: secrets?.encryptKey,
});

interface Present {
  /** Undefined when the app may not read itself; then everything counts as missing. */
  before: ApplicationState | undefined;
  hasBot: boolean;
}

async function presentState(session: Session, app: SetUpApp): Promise<Present> {
  const { application, people } = app.connection;
  try {
    const before = await application.read();
    return { before, hasBot: await people.self().then(() => true, hasBotDespite) };
  } catch (error) {
    const trouble = explain(error, app);
    if (trouble.code !== 'missing_scope') throw trouble;
    tellTrouble(session, trouble);
    return { before: undefined, hasBot: true };
  }
}

/** Any other failure says nothing about the bot. */
const hasBotDespite = (error: unknown): boolean => !(error instanceof FeishuError && explain(error).code === 'bot_off');

function tellPlan(session: Session, { lines }: Difference, values: Readonly<Record<string, string>>): void {
  const all = (language: 'zh' | 'en'): string => lines.map((line) => line[language]).join('\n');
  session.print(
    lines.length === 0
      ? phrase('应用的配置已经符合要求。', 'The app is configured as it has to be.')
      : phrase(`应用配置要做的修改：\n${all('zh')}`, `What changes in the app:\n${all('en')}`),
  );
  const { path, values: written } = session.file;
  const names = Object.keys(values).filter((name) => written[name] !== values[name]);
  const list = names.join(', ');
  session.print(
    names.length === 0
      ? phrase(`${path} 不用修改。`, `${path} stays as it is.`)
      : phrase(`要写入 ${path} 的变量：${list}`, `To be written to ${path}: ${list}`),
  );
}

async function agree({ asker }: Session): Promise<void> {
  if (asker && !(await asker.confirm(phrase('开始？', 'Go ahead?'), true))) throw new Cancelled();
}

import type { WantedApp } from '../config/manifest.ts';
import { explain } from '../explain/explain.ts';
import type { ApplicationState } from '../feishu/application.ts';
import { phrase } from '../lib/phrase.ts';
import { openTemporarily } from '../transport/temporaryConnection.ts';
import { type Difference, differenceOf } from './difference.ts';
import { leftToDo } from './leftToDo.ts';
import type { SetUpApp } from './obtainApp.ts';
import { type Arrival, push } from './push.ts';
import { release } from './release.ts';
import { type Session, tellTrouble } from './session.ts';
import { known } from './values.ts';
import { type Found, isValid } from './variables.ts';

/** Whether everything that setup does itself is done. */
export type Result = 'done' | 'incomplete';

export interface Plan extends Found {
  app: SetUpApp;
  wanted: WantedApp;
  difference: Difference;
  /** The app as it was; undefined when it cannot be read. */
  before: ApplicationState | undefined;
}

/** After the file is written: configures the app, releases it, and prints what is left to do. */
export async function carryOut(session: Session, plan: Plan): Promise<Result> {
  const { app, ways, desk, difference } = plan;
  const missing = await configure(session, plan);
  const pushed = missing.lines.length === 0;
  const released = pushed ? await release(session, app, plan.before, difference.lines.length > 0) : 'not-released';
  const valid = isValid(session);
  session.print(
    leftToDo({
      appPage: `${app.baseUrl}/app/${app.appId}`,
      ways,
      byHand: missing,
      released,
      deskProven: desk.proven,
      envFile: session.file.path,
    }),
  );
  return pushed && valid ? 'done' : 'incomplete';
}

type Missing = Pick<Difference, 'lines' | 'keys'>;

/** Gives what could not be done. */
async function configure(session: Session, plan: Plan): Promise<Missing> {
  const { app, difference } = plan;
  if (difference.lines.length === 0) return difference;
  try {
    await push(app.connection.application, difference, arrival(session, plan));
    session.print(phrase('✓ 应用已配置。', '✓ The app is configured.'));
    return { lines: [], keys: false };
  } catch (error) {
    tellTrouble(session, explain(error, app));
    return stillMissing(plan);
  }
}

/** Some of it may be done. */
async function stillMissing({ app, wanted, difference }: Plan): Promise<Missing> {
  const state = await app.connection.application.read().catch(() => undefined);
  return state ? differenceOf(wanted, state, true) : difference;
}

function arrival(session: Session, { app, secrets }: Plan): Arrival {
  const { clock } = session;
  if (!secrets) return { transport: 'websocket', connect: () => openTemporarily(app, app.connection.http, clock) };
  const doorstep = {
    appId: app.appId,
    ...secrets,
    host: known(session, 'HOST') ?? '0.0.0.0',
    port: Number(known(session, 'PORT') ?? 3000),
    clock,
  };
  return { transport: 'webhook', doorstep };
}

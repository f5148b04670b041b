import type { ApplicationState } from '../feishu/application.ts';
import { say } from '../lib/phrase.ts';
import { explain } from '../terminal/explain.ts';
import type { Difference } from './difference.ts';
import { leftToDo } from './leftToDo.ts';
import type { SetUpApp } from './obtainApp.ts';
import { type Doorstep, push } from './push.ts';
import { release } from './release.ts';
import type { DeliverySecrets } from './secrets.ts';
import { type Session, tellTrouble } from './session.ts';
import { known } from './values.ts';
import { type Found, isValid } from './variables.ts';

/** Whether everything that setup does itself is done. */
export type Result = 'done' | 'incomplete';

export interface Plan extends Found {
  app: SetUpApp;
  difference: Difference;
  /** The app as it was; undefined when it cannot be read. */
  before: ApplicationState | undefined;
}

/** After the file is written: configures the app, releases it, and tells what is left to do. */
export async function carryOut(session: Session, plan: Plan): Promise<Result> {
  const { app, ways, desk, difference } = plan;
  const pushed = await configure(session, plan);
  const released = pushed ? await release(session, app, plan.before, difference.lines.length > 0) : 'not-released';
  const valid = isValid(session);
  session.tell(
    leftToDo({
      appPage: `${app.baseUrl}/app/${app.appId}`,
      ways,
      byHand: pushed ? [] : difference.lines,
      released,
      deskProven: desk.proven,
      envFile: session.file.path,
    }),
  );
  return pushed && valid ? 'done' : 'incomplete';
}

async function configure(session: Session, { app, difference, secrets }: Plan): Promise<boolean> {
  if (difference.lines.length === 0) return true;
  try {
    await push(app.connection.application, difference, secrets && doorstep(session, secrets));
    session.tell(say('✓ 应用已配置。', '✓ The app is configured.'));
    return true;
  } catch (error) {
    tellTrouble(session, explain(error, app));
    return false;
  }
}

const doorstep = (session: Session, secrets: DeliverySecrets): Doorstep => ({
  ...secrets,
  host: known(session, 'HOST') ?? '0.0.0.0',
  port: Number(known(session, 'PORT') ?? 3000),
  clock: session.clock,
});

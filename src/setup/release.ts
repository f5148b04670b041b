import { explain } from '../explain/explain.ts';
import type { ApplicationState } from '../feishu/application.ts';
import { phrase } from '../lib/phrase.ts';
import type { SetUpApp } from './obtainApp.ts';
import { type Session, tellTrouble } from './session.ts';

/** Whether what was configured is in force. */
export type Released = 'released' | 'in-review' | 'not-released';

const RELEASE = {
  remark: '通过聊天管理服务台客服技能 / Manage the agent skills of the helpdesk by chat',
  changelog: '由 setup 配置 / Configured by setup',
};

/** Hands a version in where one is needed and somebody agrees. Trouble with it is printed, and left to be done by hand. */
export async function release(
  session: Session,
  app: SetUpApp,
  before: ApplicationState | undefined,
  changed: boolean,
): Promise<Released> {
  if (before?.versionInReview) return 'in-review';
  if (before?.onlineVersion && !changed) return 'released';
  if (!(await wanted(session))) return 'not-released';
  const { application } = app.connection;
  try {
    await application.publish(RELEASE);
  } catch (error) {
    tellTrouble(session, explain(error, app));
    return 'not-released';
  }
  // Where the app cannot be read, an admin knows whether there is something to approve.
  const after = await application.read().catch(() => undefined);
  if (!after?.onlineVersion || after.versionInReview) return 'in-review';
  session.print(phrase('✓ 已发布版本。', '✓ A version is released.'));
  return 'released';
}

async function wanted({ asker, options }: Session): Promise<boolean> {
  if (options.publish || !asker) return options.publish;
  return asker.confirm(
    phrase(
      '现在提交版本发布？（企业可能需要管理员审核）',
      'Hand a version in for release now? (An admin may have to approve it)',
    ),
    true,
  );
}

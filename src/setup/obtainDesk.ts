import { explain } from '../explain/explain.ts';
import { createHelpdesk } from '../feishu/helpdesk.ts';
import { createLogger } from '../lib/logger.ts';
import { phrase } from '../lib/phrase.ts';
import type { SetUpApp } from './obtainApp.ts';
import { type Session, tellTrouble } from './session.ts';
import { obtain } from './values.ts';

export interface Desk {
  id: string;
  token: string;
  /** False: the app may not read it yet, so that nothing is known. */
  proven: boolean;
}

/** The helpdesk, proven by a read; without an app it cannot be. Throws a {@link Trouble}. */
export async function obtainDesk(session: Session, app: SetUpApp | undefined): Promise<Desk> {
  for (let again = false; ; again = true) {
    const desk = await askForDesk(session, again);
    if (!app) return { ...desk, proven: false };
    try {
      const reading = createHelpdesk(app.connection.client, desk, createLogger('silent'));
      const { skills, unreadable } = await reading.listSkills();
      const count = skills.length + unreadable.length;
      session.print(
        phrase(`✓ 服务台可以读取，有 ${count} 个客服技能。`, `✓ The helpdesk can be read: ${count} agent skills.`),
      );
      return { ...desk, proven: true };
    } catch (error) {
      const trouble = explain(error, app);
      // A new app may not read anything before its first version is released.
      if (trouble.code === 'missing_scope') return { ...desk, proven: false };
      if (trouble.code !== 'desk_elsewhere' || !session.asker) throw trouble;
      tellTrouble(session, trouble);
    }
  }
}

async function askForDesk(session: Session, again: boolean): Promise<{ id: string; token: string }> {
  const id = await obtain(session, 'HELPDESK_ID', {
    message: phrase('服务台 ID（服务台设置 > API）', 'Helpdesk id (Helpdesk settings > API)'),
    again,
  });
  const token = await obtain(session, 'HELPDESK_TOKEN', {
    message: phrase('服务台 Token（输入时不显示）', 'Helpdesk token (hidden while you type)'),
    secret: true,
    again,
  });
  return { id, token };
}

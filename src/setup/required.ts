import type { Variable } from '../config/variables.ts';
import { Trouble } from '../explain/trouble.ts';
import { phrase } from '../lib/phrase.ts';
import { wayToGive } from './options.ts';
import type { Session } from './session.ts';
import { known } from './values.ts';

/**
 * Where nobody can be asked, everything that is needed has to be given, and somebody has to say that nothing is to be
 * asked. Throws a {@link Trouble} that names all that is missing.
 */
export function requireAnswers(session: Session): void {
  const { asker, options } = session;
  if (asker) return;
  const missing = missingAnswers(session);
  const list = (ways: string[]): string => ways.map((way) => `\n  ${way}`).join('');
  if (!options.yes && !options.dryRun) {
    const ways = list(['--yes', ...missing]);
    throw new Trouble(
      'not_a_terminal',
      phrase('标准输入不是终端，没法提问。', 'Standard input is not a terminal: nothing can be asked.'),
      phrase(`请在终端里运行，或给出：${ways}`, `Run this in a terminal, or give:${ways}`),
    );
  }
  if (missing.length === 0) return;
  const ways = list(missing);
  throw new Trouble(
    'missing_answers',
    phrase(`还缺少：${ways}\n`, `This is missing:${ways}\n`),
    phrase('运行 --help 查看说明。', 'See --help.'),
  );
}

function missingAnswers(session: Session): string[] {
  const has = (variable: Variable): boolean => known(session, variable) !== undefined;
  const { create } = session.options;
  const needed: Variable[] = [...(create ? [] : (['FEISHU_APP_SECRET'] as const)), 'HELPDESK_ID', 'HELPDESK_TOKEN'];
  if (known(session, 'FEISHU_TRANSPORT') === 'webhook' || known(session, 'LOGIN_FLOW') === 'redirect') {
    needed.push('PUBLIC_URL');
  }
  return [
    ...(create || has('FEISHU_APP_ID') ? [] : [`--create / ${wayToGive('FEISHU_APP_ID')}`]),
    ...needed.filter((variable) => !has(variable)).map(wayToGive),
  ];
}

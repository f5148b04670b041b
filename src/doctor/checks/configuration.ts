import type { ConfigFault } from '../../config/config.ts';
import { phraseFault } from '../../explain/variables.ts';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import { type Check, type Finding, failed, ok } from '../check.ts';

/** Every variable is as it has to be. */
export const configuration: Check = {
  name: 'configuration',
  title: phrase('配置', 'Configuration'),
  needs: [],
  variables: [],
  run: ({ faults }) => judgeConfiguration(faults),
};

/** The same where the configuration leaves nothing else to examine. */
export function judgeConfiguration(faults: readonly ConfigFault[]): Finding {
  if (faults.length === 0) return ok(phrase('所有变量都正确。', 'All variables are right.'));
  const phrased = faults.map(phraseFault);
  const lines = (pick: (fault: { says: Phrase; remedy: Phrase }) => string): string => phrased.map(pick).join('\n    ');
  return failed(
    'config_invalid',
    phrase(
      `${faults.length} 个变量有错：`,
      `${faults.length} ${faults.length === 1 ? 'variable is' : 'variables are'} wrong:`,
    ),
    phrase(
      lines(({ says, remedy }) => `${says.zh}。${remedy.zh}`),
      lines(({ says, remedy }) => `${says.en}. ${remedy.en}`),
    ),
  );
}

import type { ConfigFault } from '../config/config.ts';
import { explain } from '../explain/explain.ts';
import { phrase } from '../lib/phrase.ts';
import { type Check, type Finding, failed, skipped, troubled } from './check.ts';
import { configuration, judgeConfiguration } from './checks/configuration.ts';
import type { Subject } from './subject.ts';

/** A check and what came of it. */
export interface Examined {
  check: Check;
  finding: Finding;
}

/** A check that takes longer than this has failed; in milliseconds. */
const CHECK_MS = 15_000;

/** Makes the checks one after the other, and calls `onExamined` as soon as each is made. */
export async function examine(
  checks: readonly Check[],
  faults: readonly ConfigFault[],
  subject: Subject | undefined,
  onExamined: (examined: Examined) => void,
): Promise<Examined[]> {
  const all: Examined[] = [];
  for (const check of checks) {
    const finding = subject ? await findingOf(check, faults, subject, all) : withoutSubject(check, faults);
    all.push({ check, finding });
    onExamined({ check, finding });
  }
  return all;
}

async function findingOf(
  check: Check,
  faults: readonly ConfigFault[],
  subject: Subject,
  before: readonly Examined[],
): Promise<Finding> {
  const faulty = faults.filter(({ variable }) => check.variables.some((name) => name === variable));
  if (faulty.length > 0) return becauseOf(faulty);
  const broken = before.find(({ check: { name }, finding }) => check.needs.includes(name) && isBroken(finding));
  if (broken) {
    const { title } = broken.check;
    return skipped('needs', phrase(`需要先通过“${title.zh}”。`, `“${title.en}” has to be right first.`));
  }
  try {
    return await within(subject, check);
  } catch (error) {
    const trouble = explain(error, subject.pages);
    // What the app may not read of itself is no fault of the bot.
    return troubled(trouble, trouble.code === 'missing_scope' && READS_ITSELF.has(check.name) ? 'warning' : 'failed');
  }
}

const READS_ITSELF: ReadonlySet<string> = new Set(['version', 'subscription', 'login']);

const isBroken = ({ status }: Finding): boolean => status === 'failed' || status === 'skipped';

const becauseOf = (faulty: readonly ConfigFault[]): Finding => {
  const names = faulty.map(({ variable }) => variable).join(', ');
  return skipped('needs', phrase(`需要先改正 ${names}。`, `First correct ${names}.`));
};

function withoutSubject(check: Check, faults: readonly ConfigFault[]): Finding {
  return check === configuration ? judgeConfiguration(faults) : becauseOf(faults);
}

async function within(subject: Subject, check: Check): Promise<Finding> {
  const over = new AbortController();
  const limitMs = check.limitMs ?? CHECK_MS;
  const late = subject.clock.sleep(limitMs, over.signal).then(() => tooLate(limitMs));
  try {
    return await Promise.race([check.run(subject), late]);
  } finally {
    over.abort();
  }
}

const tooLate = (limitMs: number): Finding =>
  failed(
    'timeout',
    phrase(`${limitMs / 1000} 秒内没有结果。`, `It was not over within ${limitMs / 1000} s.`),
    phrase('请检查网络，然后重新运行。', 'Look at the network, and run this again.'),
  );

import type { Variable } from '../config/variables.ts';
import type { Trouble } from '../explain/trouble.ts';
import type { Phrase } from '../lib/phrase.ts';
import type { Subject } from './subject.ts';

export type Status = 'ok' | 'warning' | 'failed' | 'skipped';

/** What a check has found. `code` is stable, for scripts. */
export interface Finding {
  status: Status;
  code: string;
  says: Phrase;
  remedy?: Phrase;
  /** The same for programs, thing by thing. */
  details?: readonly Readonly<Record<string, unknown>>[];
}

/** One thing that has to be right. */
export interface Check {
  /** Stable, for scripts. */
  name: string;
  title: Phrase;
  /** Without these it means nothing: names of checks that must not have failed, and variables that must be right. */
  needs: readonly string[];
  variables: readonly Variable[];
  /** Milliseconds after which it has failed, where it takes longer than others. */
  limitMs?: number;
  /** Whatever it throws is a finding too. */
  run(subject: Subject): Promise<Finding> | Finding;
}

export const ok = (says: Phrase): Finding => ({ status: 'ok', code: 'ok', says });

export const skipped = (code: string, says: Phrase): Finding => ({ status: 'skipped', code, says });

export const warning = (code: string, says: Phrase, remedy: Phrase): Finding => ({
  status: 'warning',
  code,
  says,
  remedy,
});

export const failed = (code: string, says: Phrase, remedy: Phrase): Finding => ({
  status: 'failed',
  code,
  says,
  remedy,
});

export const troubled = ({ code, says, remedy }: Trouble, status: 'failed' | 'warning' = 'failed'): Finding => ({
  status,
  code,
  says,
  remedy,
});

/** Several problems as one finding: it is as bad as the worst of them. */
export function together(problems: readonly Finding[], otherwise: Finding): Finding {
  const worst = problems.find(({ status }) => status === 'failed') ?? problems[0];
  if (!worst) return otherwise;
  const says = problems.map((problem) => problem.says);
  const remedies = problems.flatMap(({ remedy }) => remedy ?? []);
  return {
    ...worst,
    says: { zh: joined(says, 'zh', ''), en: joined(says, 'en', ' ') },
    remedy: { zh: joined(remedies, 'zh', '\n    '), en: joined(remedies, 'en', '\n    ') },
  };
}

/** What several problems have in common is said once. */
const joined = (phrases: readonly Phrase[], language: keyof Phrase, between: string): string =>
  [...new Set(phrases.map((phrase) => phrase[language]))].join(between);

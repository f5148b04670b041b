import type { Language } from '../lib/phrase.ts';
import type { Status } from './check.ts';
import type { Examined } from './examine.ts';

const MARKS: Readonly<Record<Status, string>> = { ok: '✓', warning: '!', failed: '✗', skipped: '-' };

const SKIPPED = { zh: '跳过：', en: 'skipped: ' };

/** One check for a person to read: a line, and under it the remedy. */
export function lineOf({ check, finding }: Examined, language: Language): string {
  const { status, says, remedy } = finding;
  const because = status === 'skipped' ? SKIPPED[language] : '';
  const line = `${MARKS[status]} ${check.title[language]}${language === 'zh' ? '：' : ': '}${because}${says[language]}`;
  return remedy === undefined ? `${line}\n` : `${line}\n    ${remedy[language]}\n`;
}

/** As bad as the worst check; what was skipped counts for nothing. */
export function resultOf(examined: readonly Examined[]): 'ok' | 'warning' | 'failed' {
  const has = (status: Status): boolean => examined.some(({ finding }) => finding.status === status);
  return has('failed') ? 'failed' : has('warning') ? 'warning' : 'ok';
}

/** For programs. Fields are only ever added. */
export function jsonOf(examined: readonly Examined[], language: Language): string {
  const checks = examined.map(({ check, finding: { status, code, says, remedy, details } }) => ({
    name: check.name,
    status,
    code,
    message: says[language],
    ...(remedy !== undefined && { remedy: remedy[language] }),
    ...(details !== undefined && { details }),
  }));
  return `${JSON.stringify({ result: resultOf(examined), checks }, undefined, 2)}\n`;
}

const SUMMARY: Readonly<Record<ReturnType<typeof resultOf>, Record<Language, string>>> = {
  ok: { zh: '一切就绪。', en: 'Everything is in order.' },
  warning: { zh: '可以运行，但有需要注意的地方。', en: 'The bot can run; some things want attention.' },
  failed: { zh: '有问题需要先解决。', en: 'Something has to be put right first.' },
};

export const summaryOf = (examined: readonly Examined[], language: Language): string =>
  `\n${SUMMARY[resultOf(examined)][language]}\n`;

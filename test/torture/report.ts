import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { CallEntry } from 'local-feishu';
import { FINDING_KINDS, type Finding, type FindingKind } from './finding.ts';
import type { History } from './history.ts';
import { changedFields } from './history.ts';
import type { RunRecord } from './record.ts';

export interface Run {
  parameters: Readonly<{ [name: string]: string | number }>;
  history: History;
  findings: readonly Finding[];
  record: RunRecord;
  calls: readonly CallEntry[];
}

/** Everything but these must not be. `not known` is told to the person, who decides. */
const HONEST: ReadonlySet<FindingKind> = new Set(['not known']);

export const isPassed = (findings: readonly Finding[]): boolean => findings.every(({ kind }) => HONEST.has(kind));

/** The run as a table of markdown. */
export function table({ parameters, history, findings, record, calls }: Run): string {
  const confirmed = history.changes.filter(({ isConfirmed }) => isConfirmed);
  const rows: [string, string | number][] = [
    ...Object.entries(parameters),
    ['changes', history.changes.length],
    ['confirmed', confirmed.length],
    ...tally(confirmed.map(({ status }) => `- ${status}`)),
    ['effects', history.effects.length],
    ['- that came late', calls.filter(({ late }) => late?.status === 200).length],
    ...[...record.counts].sort(([a], [b]) => a.localeCompare(b)),
    ['faults of calls', calls.filter(({ fault }) => fault !== undefined).length],
    ...tally(calls.flatMap(({ fault }) => (fault === undefined ? [] : [`- ${fault}`]))),
    ...FINDING_KINDS.map((kind): [string, string] => {
      return [`**${kind}**`, `**${findings.filter((finding) => finding.kind === kind).length}**`];
    }),
  ];
  const lines = rows.map(([name, value]) => `| ${name} | ${value} |`);
  return ['| | |', '| --- | --- |', ...lines].join('\n');
}

function tally(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}

/** What happened so long before and after may have to do with a case. */
const AROUND_MS = 5_000;

interface Line {
  at: number;
  text: string;
}

/** Writes a readable timeline of each case into the folder: what people, faults and processes did, and what it led to. */
export async function dump(folder: string, run: Run, logs: readonly string[]): Promise<void> {
  const wanted = new Set(run.findings.flatMap(({ changes }) => changes));
  const logged = await loggedAbout(wanted, logs);
  await mkdir(folder, { recursive: true });
  for (const [at, finding] of run.findings.entries()) {
    const name = `${String(at + 1).padStart(3, '0')}-${finding.kind.replace(' ', '-')}.txt`;
    await writeFile(`${folder}/${name}`, `${caseText(finding, run, logged)}\n`);
  }
}

function caseText(finding: Finding, run: Run, logged: ReadonlyMap<string, Line[]>): string {
  const { history, record, calls } = run;
  const changes = history.changes.filter(({ id }) => finding.changes.includes(id));
  const skills = new Set(changes.flatMap(({ skillId, createdId }) => [skillId, createdId]).concat(finding.skillId));
  const messages = new Set(changes.flatMap(({ messageId }) => messageId ?? []));
  const isOwn = (changeId: string | undefined): boolean => changeId !== undefined && finding.changes.includes(changeId);
  const own: Line[] = [
    ...record.events
      .filter(({ changeId, messageId }) => isOwn(changeId) || messages.has(messageId ?? ''))
      .map(({ at, who, what }) => ({ at, text: `${who} ${what}` })),
    ...history.effects.filter(({ change }) => isOwn(change)).map(effectLine),
    ...calls.filter((call) => isAbout(call, finding, messages)).flatMap(callLines),
    ...finding.changes.flatMap((id) => logged.get(id) ?? []),
  ];
  const times = own.map(({ at }) => at);
  const [from, to] = [Math.min(...times) - AROUND_MS, Math.max(...times) + AROUND_MS];
  const around: Line[] = [
    ...history.effects.filter(({ skillId, change }) => skills.has(skillId) && !isOwn(change)).map(effectLine),
    ...record.events
      .filter(({ who }) => who.startsWith('replica'))
      .map(({ at, who, what }) => ({ at, text: `** ${who} ${what}` })),
  ].filter(({ at }) => at >= from && at <= to);
  const lines = [...own, ...around].sort((a, b) => a.at - b.at);
  return [
    `${finding.kind}: ${finding.text}`,
    ...changes.map((change) => JSON.stringify(change)),
    ...history.cards.filter(({ messageId }) => messages.has(messageId)).map((card) => JSON.stringify(card)),
    '',
    ...lines.map(({ at, text }) => `${new Date(at).toISOString().slice(11, 23)} ${text}`),
  ].join('\n');
}

function effectLine(effect: History['effects'][number]): Line {
  const { at, seq, method, change, process, skillId, before, after } = effect;
  const fields = changedFields(effect);
  const what = fields.map(
    (field) => `${field}: ${JSON.stringify(before?.[field])} -> ${JSON.stringify(after?.[field])}`,
  );
  const shown = fields.length === 0 ? 'changes nothing' : what.join('; ');
  return { at, text: `==== effect ${seq}: ${method} ${skillId} of ${change} by ${process}: ${shown}` };
}

const isAbout = ({ requestId, updates }: CallEntry, { changes }: Finding, messages: ReadonlySet<string>): boolean =>
  changes.some((id) => requestId?.startsWith(id)) || messages.has(updates ?? '');

function callLines({ startedAt, tookMs, method, path, status, code, requestId, fault, late }: CallEntry): Line[] {
  const wrong = fault === undefined ? '' : ` (${fault}${late ? `, late: ${late.status}` : ''})`;
  const call = `${method} ${path.slice(-40)} of ${requestId ?? 'nobody'}`;
  return [
    { at: startedAt, text: `   ${call} arrives${wrong}` },
    { at: startedAt + (tookMs ?? 0), text: `   ${call} is answered ${status} ${code}` },
  ];
}

/** What the processes wrote about these changes. */
async function loggedAbout(changes: ReadonlySet<string>, logs: readonly string[]): Promise<Map<string, Line[]>> {
  const found = new Map<string, Line[]>();
  if (changes.size === 0) return found;
  for (const log of logs) {
    const process = log.split('/').at(-1)?.replace('.log', '') ?? '';
    for await (const text of createInterface({ input: createReadStream(log) })) {
      for (const [id = ''] of text.matchAll(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g)) {
        if (!changes.has(id)) continue;
        const at = Date.parse(/"time":"([^"]+)"/.exec(text)?.[1] ?? '') || 0;
        found.set(id, [...(found.get(id) ?? []), { at, text: `   [${process}] ${text}` }]);
        break;
      }
    }
  }
  return found;
}

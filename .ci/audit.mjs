// Judges the report of `npm audit --json` on standard input: exits with 1 when it has a high or critical finding.
// A registry that cannot be asked is no finding, and is not passed over in silence.
import { text } from 'node:stream/consumers';

const GRAVE = ['high', 'critical'];

const report = read(await text(process.stdin));
const counts = report?.metadata?.vulnerabilities;
if (counts === undefined) {
  const reason = report?.message ?? report?.error?.summary ?? 'npm audit gave no report';
  process.stdout.write(`
  ****************************************************************************
  DEPENDENCY AUDIT NOT DONE: the registry did not answer it.
  ${reason}
  Run "npm audit --omit=dev" where the registry offers it.
  ****************************************************************************

`);
} else {
  for (const { name, severity, range } of grave(report)) process.stdout.write(`${severity}: ${name} ${range}\n`);
  const found = GRAVE.reduce((sum, severity) => sum + (counts[severity] ?? 0), 0);
  process.stdout.write(`dependency audit: ${found} high or critical findings in production dependencies\n`);
  if (found > 0) process.exitCode = 1;
}

function grave({ vulnerabilities = {} }) {
  return Object.values(vulnerabilities).filter(({ severity }) => GRAVE.includes(severity));
}

function read(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

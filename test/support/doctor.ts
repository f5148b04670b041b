import type { Environment } from '../../src/config/config.ts';
import { readManifest } from '../../src/config/manifest.ts';
import type { Check, Finding } from '../../src/doctor/check.ts';
import { CHECKS } from '../../src/doctor/checks.ts';
import { examine } from '../../src/doctor/examine.ts';
import { subjectOf } from '../../src/doctor/subject.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { systemRandom } from '../../src/lib/random.ts';

export interface Examination {
  env: Environment;
  clock?: Clock;
  /** By name; default: all. */
  only?: readonly string[];
}

/** What doctor finds, by the name of the check. */
export async function findings({ env, clock = systemClock, only }: Examination): Promise<Record<string, Finding>> {
  const { faults, subject } = subjectOf({ env, manifest: readManifest(), clock, random: systemRandom });
  const chosen: readonly Check[] = only ? CHECKS.filter(({ name }) => only.includes(name)) : CHECKS;
  const examined = await examine(chosen, faults, subject, () => undefined);
  await subject?.close();
  return Object.fromEntries(examined.map(({ check, finding }) => [check.name, finding]));
}

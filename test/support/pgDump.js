import { spawnSync } from 'node:child_process';

/** It takes no server that is newer than itself; the one that comes with npm is of this version. */
const OLDEST = 15;

/** Whether a backup of PostgreSQL can be made here as the manual says. */
export function hasPgDump() {
  const { stdout } = spawnSync('pg_dump', ['--version'], { encoding: 'utf8' });
  return Number(/\d+/.exec(stdout ?? '')?.[0] ?? 0) >= OLDEST;
}

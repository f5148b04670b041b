import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The clock ticks of the kernel in a second, by which it tells the processor time of a process. */
const ticksPerSecond = (): number => Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/**
 * The processor time that a process has taken so far, in milliseconds: what a machine does beside it does not count. Only
 * on Linux, to 10 ms.
 */
export function processorTimeOf(pid: number, ticks = ticksPerSecond()): number {
  // The second field is the name of the program, in parentheses; it may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const [user, system] = [fields[11], fields[12]].map(Number);
  return ((Number(user) + Number(system)) * 1_000) / ticks;
}

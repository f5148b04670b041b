/** Milliseconds of processor time that some work takes: the least of a few times, after one to warm up. */
export function cpuTimeOf(work: () => void, times = 2): number {
  work();
  const taken = Array.from({ length: times }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...taken);
}

/** Below this a measurement says more about the machine than about the work. Milliseconds. */
const NOISE = 10;

/** Over four times the size: 4 would be exactly linear, 16 the square. What lies between is for garbage and caches. */
const LINEAR_TIMES_FOUR = 9;

/** A machine that is busy with something else may spoil a measurement, and not the same one again and again. */
const TRIES = 4;

/**
 * How many times the processor time grows when the size grows from a quarter to the whole, measured again while that is
 * more than linear. `make` prepares work of a size, and is not measured. What is too short to be measured counts as noise.
 */
function growthOf(make: (size: number) => () => void, size: number): number {
  let growth = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES && growth > LINEAR_TIMES_FOUR; tries += 1) {
    const quarter = Math.max(NOISE, cpuTimeOf(make(size / 4)));
    growth = Math.min(growth, cpuTimeOf(make(size)) / quarter);
  }
  return growth;
}

/** Fails when the processor time of work grows faster than its size does. */
export function expectLinear(make: (size: number) => () => void, size: number): void {
  // A step, where what is read no longer fits a cache, is behind the next size; a square is there, too.
  const first = growthOf(make, size);
  const growth = first > LINEAR_TIMES_FOUR ? Math.min(first, growthOf(make, size * 4)) : first;
  if (growth > LINEAR_TIMES_FOUR) throw new Error(`four times the size takes ${growth.toFixed(1)} times the time`);
}

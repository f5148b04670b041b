import { cpus, totalmem } from 'node:os';

/** The machine, as far as it matters and no further. */
export function machine(): string {
  const [first] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${first?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${gigabytes} GB, Node.js ${process.version}`;
}

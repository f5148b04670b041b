// node scripts/run.mjs program [arguments…]: builds what a program is made of, and runs it with its flags.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildAll, ROOT } from './build.mjs';
import { PROGRAMS } from './programs.mjs';

const [name = '', ...given] = process.argv.slice(2);
const program = PROGRAMS[name];
if (!program) {
  process.stderr.write(`Name a program: ${Object.keys(PROGRAMS).join(', ')}.\n`);
  process.exit(2);
}
await buildAll(program.targets);
const child = spawn(process.execPath, [...program.flags, join(ROOT, program.file), ...given, ...program.args], {
  env: { ...process.env, ...program.env },
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});

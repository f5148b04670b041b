// npm run dev: builds whenever a source changes, and starts the bot and the local Feishu anew.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { FIXED, ROOT } from './build.mjs';
import { publish, readRecord } from './output.mjs';
import { BOT_FLAGS } from './programs.mjs';
import { TARGETS } from './targets.mjs';

/** Away from `dist/`, out of which others may be running. */
const OUTDIR = 'dist/dev';
/** Both bundles are built after a change; one start is enough. */
const SETTLE_MS = 50;

const { bundles } = TARGETS.bot;
const results = new Map();
let timer;
let child;
let restarts = Promise.resolve();

async function restart() {
  const options = { name: 'dev', bundles, esbuild: esbuild.version };
  publish({
    root: ROOT,
    outdir: OUTDIR,
    results: [...results.values()],
    options,
    record: readRecord(join(ROOT, OUTDIR)),
  });
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  process.stderr.write(`${OUTDIR}/ built; starting. It starts anew when a source changes; Ctrl-C ends it.\n`);
  child = spawn(process.execPath, [...BOT_FLAGS, join(ROOT, OUTDIR, 'main.js'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
}

const restartWhenBuilt = (folder) => ({
  name: 'restart',
  setup: (building) =>
    building.onEnd((result) => {
      // esbuild has shown what is wrong; what runs goes on meanwhile.
      if (result.errors.length > 0) return;
      results.set(folder, result);
      if (results.size < Object.keys(bundles).length) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        restarts = restarts.then(restart);
      }, SETTLE_MS);
    }),
});

for (const [folder, bundle] of Object.entries(bundles)) {
  const plugins = [restartWhenBuilt(folder)];
  const context = await esbuild.context({
    ...bundle,
    ...FIXED,
    absWorkingDir: ROOT,
    outdir: join(OUTDIR, folder),
    plugins,
  });
  await context.watch();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, async () => {
    child?.kill(signal);
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    process.exit(0);
  });
}

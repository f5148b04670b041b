// node scripts/build.mjs [target…] [--outdir=folder]   (targets: scripts/targets.mjs; default: bot)
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { fingerprint, publish, readRecord } from './output.mjs';
import { TARGETS } from './targets.mjs';

/** The project; paths below are relative to it. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Builds a target unless nothing has changed since it was built last, and says which of both in a line on standard error:
 * standard output belongs to the program that is run next. Rejects when the sources cannot be built, and leaves what was
 * there before as it was.
 */
async function build(name, { outdir = TARGETS[name]?.outdir } = {}) {
  const target = TARGETS[name];
  if (!target || !outdir) throw new Error(`There is no target "${name}": ${Object.keys(TARGETS).join(', ')}.`);
  const record = readRecord(join(ROOT, outdir));
  const options = { name, bundles: target.bundles, esbuild: esbuild.version };
  if (record && isComplete(record, outdir) && record.fingerprint === fingerprint(ROOT, record.inputs, options)) {
    say(`${outdir}/ is up to date`);
    return;
  }
  say(`building ${outdir}/ (${name})`);
  const results = await Promise.all(
    Object.entries(target.bundles).map(([folder, bundle]) =>
      esbuild.build({ ...bundle, ...FIXED, absWorkingDir: ROOT, outdir: join(outdir, folder) }),
    ),
  );
  publish({ root: ROOT, outdir, results, options, record });
}

/** Nothing is written before all of it could be built. */
export const FIXED = /** @type {const} */ ({ metafile: true, write: false, logLevel: 'warning' });

const isComplete = ({ files }, outdir) => files.every((path) => existsSync(join(ROOT, outdir, path)));

/** Builds these targets, one after the other. Ends the process with code 1, and what is wrong, when one cannot be built. */
export async function buildAll(names, options) {
  try {
    for (const name of names) await build(name, options);
  } catch (error) {
    // esbuild has shown its errors already.
    if (!error.errors) say(error.message);
    process.exit(1);
  }
}

const say = (text) => void process.stderr.write(`${text}\n`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ options: { outdir: { type: 'string' } }, allowPositionals: true });
  await buildAll(positionals.length > 0 ? positionals : ['bot'], values);
}

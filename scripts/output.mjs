import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What a build leaves beside its files for the next one. */
const RECORD = 'build.json';
/** What esbuild tells of the build. */
const META = 'meta.json';

/** Named after their content by esbuild; all other files keep their names. */
const CHUNK = /-[A-Z0-9]{8}\.js$/;

/** Of so many builds before this one the chunks are kept. */
const KEPT_BUILDS = 5;

/**
 * What was built last into this folder: from which `inputs`, with which `fingerprint`, which `files` came of it, and the
 * chunks of the builds `before`. Undefined when nothing was, or nothing that can be read.
 */
export function readRecord(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, RECORD), 'utf8'));
  } catch {
    return undefined;
  }
}

/** A hash of everything that decides what a build gives: its sources, the packages that are installed, and its options. */
export function fingerprint(root, inputs, options) {
  const hash = createHash('sha256').update(JSON.stringify(options));
  // npm writes there what it has installed.
  for (const path of [...inputs, 'package-lock.json', 'node_modules/.package-lock.json']) {
    hash.update(`\0${path}\0`).update(contentOf(join(root, path)));
  }
  return hash.digest('hex');
}

function contentOf(path) {
  try {
    return readFileSync(path);
  } catch {
    return 'missing';
  }
}

/**
 * Puts what esbuild has built into its folder. A bot may be running from there, and loads some of its files only when it
 * first needs them: each file is written beside and renamed, so that none is ever half there; chunks come before the files
 * that import them; and the chunks of a few earlier builds stay.
 */
export function publish({ root, outdir, results, options, record }) {
  const folder = join(root, outdir);
  const built = new Map(
    results.flatMap(({ outputFiles }) => outputFiles.map(({ path, contents }) => [relative(folder, path), contents])),
  );
  built.set(META, JSON.stringify(metaOf(results)));
  const files = [...built.keys()].sort((a, b) => Number(CHUNK.test(b)) - Number(CHUNK.test(a)));
  const inputs = ownInputs(results);
  const before = record ? [record.files.filter((path) => CHUNK.test(path)), ...record.before] : [];
  const kept = before.slice(0, KEPT_BUILDS);
  built.set(RECORD, JSON.stringify({ fingerprint: fingerprint(root, inputs, options), inputs, files, before: kept }));

  const beside = join(folder, `.new-${process.pid}`);
  for (const [path, contents] of built) {
    mkdirSync(dirname(join(beside, path)), { recursive: true });
    writeFileSync(join(beside, path), contents);
  }
  for (const path of [...files, RECORD]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    renameSync(join(beside, path), join(folder, path));
  }
  const wanted = new Set([...files, ...kept.flat()]);
  for (const path of [...(record?.files ?? []), ...before.flat()]) {
    if (!wanted.has(path)) rmSync(join(folder, path), { force: true });
  }
  rmSync(beside, { recursive: true });
}

const metaOf = (results) => ({
  inputs: Object.assign({}, ...results.map(({ metafile }) => metafile.inputs)),
  outputs: Object.assign({}, ...results.map(({ metafile }) => metafile.outputs)),
});

/** Without those of packages, which change only when npm installs. */
const ownInputs = (results) =>
  Object.keys(metaOf(results).inputs).filter((path) => !/(^|\/)node_modules\//.test(path) && !path.startsWith('<'));

// node scripts/layers.mjs [project]: fails when a file imports what it may not, types included. A file of src/ imports from its own
// layer and those below; the local Feishu imports nothing of the bot, in no circle; and only some programs import it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folders of src/, top to bottom: each imports from itself and from those below it. ARCHITECTURE.md says what they are. */
export const LAYERS = [
  ...['bin', 'app', 'setup', 'doctor', 'explain', 'http', 'transport', 'inbox', 'commands', 'changes', 'cards'],
  ...['auth', 'store', 'config', 'feishu', 'domain', 'lib'],
];

/** What of src/ may import the local Feishu, which is no part of a live bot: the programs that run with it. */
const WITH_LOCAL_FEISHU = ['sandboxMode', 'sandboxBot', 'demo', 'replay'].map((name) => join('bin', `${name}.ts`));

const PROJECT = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const SRC = join(PROJECT, 'src');
const LOCAL_FEISHU = join(PROJECT, 'local-feishu');
/** The products that the local Feishu can be started with, and what starts it with them. */
const PLUGINS = ['helpdesk'];
const WITH_PLUGINS = [...PLUGINS, 'cli', 'web'];

const IMPORT = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g;

const layerOf = (file) => relative(SRC, file).split(sep)[0];
const importsOf = (file) => [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, path]) => path);
const filesImportedBy = (file) =>
  importsOf(file)
    .filter((path) => path.startsWith('.'))
    .map((path) => join(dirname(file), path));

/** What a file of src/ imports that it may not, as sentences. */
function faultsOf(file) {
  const name = relative(SRC, file);
  const own = LAYERS.indexOf(layerOf(file));
  if (own < 0) return [`${name} is in no layer: name its folder in scripts/layers.mjs`];
  const imported = filesImportedBy(file);
  const above = imported.map(layerOf).filter((layer) => LAYERS.indexOf(layer) < own && !layer.startsWith('..'));
  const faults = above.map((layer) => `${name} imports from ${layer}/, which is above it`);
  const isLocal = (path) => /^local-feishu(\/|$)/.test(path);
  if (imported.some((path) => path.startsWith(LOCAL_FEISHU))) faults.push(`${name} reaches into local-feishu/`);
  if (importsOf(file).some(isLocal) && !WITH_LOCAL_FEISHU.includes(name)) {
    faults.push(`${name} imports local-feishu, which only ${WITH_LOCAL_FEISHU.join(', ')} may`);
  }
  return faults;
}

/** What a file of the local Feishu, or a test of it, imports that it may not. */
function localFaultsOf(file) {
  const name = relative(LOCAL_FEISHU, file);
  const [top, part] = name.split(sep);
  const imported = filesImportedBy(file);
  const faults = imported
    .filter((path) => path.startsWith(`${SRC}${sep}`))
    .map((path) => `local-feishu/${name} imports src/${relative(SRC, path)}: it has to do without the bot`);
  if (top !== 'src' || WITH_PLUGINS.includes(part)) return faults;
  const plugins = imported.filter((path) => PLUGINS.includes(relative(join(LOCAL_FEISHU, 'src'), path).split(sep)[0]));
  return [
    ...faults,
    ...plugins.map((path) => `local-feishu/${name} imports ${relative(LOCAL_FEISHU, path)}, a plug-in`),
  ];
}

/** The first circle among these files, as a sentence. */
function circlesIn(files) {
  const done = new Set();
  const walk = (file, path) => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of filesImportedBy(file).filter((imported) => /\.tsx?$/.test(imported) && existsSync(imported))) {
      const circle = walk(next, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files) {
    const circle = walk(file, []);
    if (circle) return [`a circle: ${circle.map((path) => relative(LOCAL_FEISHU, path)).join(' → ')}`];
  }
  return [];
}

const sourcesIn = (root) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => /\.(tsx?|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

const local = sourcesIn(join(LOCAL_FEISHU, 'src'));
const tests = sourcesIn(join(LOCAL_FEISHU, 'test'));
const faults = [
  ...sourcesIn(SRC).flatMap(faultsOf),
  ...[...local, ...tests].flatMap(localFaultsOf),
  ...circlesIn(local),
];
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;

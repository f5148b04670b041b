// node scripts/layers.mjs: fails when a file of src/ imports from a layer above its own, types included.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folders of src/, top to bottom: each imports from itself and from those below it. ARCHITECTURE.md says what they are. */
export const LAYERS = [
  ...['bin', 'app', 'setup', 'doctor', 'explain', 'http', 'transport', 'inbox', 'commands', 'changes', 'cards'],
  ...['auth', 'store', 'config', 'feishu', 'domain', 'sandbox', 'lib'],
];

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const IMPORT = /(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g;

const layerOf = (file) => relative(SRC, file).split(sep)[0];

/** What a file imports that it may not, as sentences. */
function faultsOf(file) {
  const own = LAYERS.indexOf(layerOf(file));
  if (own < 0) return [`${relative(SRC, file)} is in no layer: name its folder in scripts/layers.mjs`];
  const imported = [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, path]) =>
    layerOf(join(dirname(file), path)),
  );
  const above = imported.filter((layer) => LAYERS.indexOf(layer) < own && !layer.startsWith('..'));
  return above.map((layer) => `${relative(SRC, file)} imports from ${layer}/, which is above it`);
}

const files = readdirSync(SRC, { recursive: true }).filter((path) => /\.tsx?$/.test(path));
const faults = files.flatMap((path) => faultsOf(join(SRC, path)));
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;

import { readFileSync } from 'node:fs';

/** The flags of Node.js for the bot; src/lib/heap.ts says what they are for. */
export const BOT_FLAGS = JSON.parse(readFileSync(new URL('../src/lib/heapFlags.json', import.meta.url), 'utf8'));
/** Jest loads modules of the standard only with the first, of which Node.js warns without the second. */
export const JEST_FLAGS = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning'];

const built = (name, flags = []) => ({ targets: ['bot'], flags, file: `dist/${name}.js`, args: [], env: {} });

const jest = (targets, args, env = {}) => ({
  targets,
  flags: JEST_FLAGS,
  file: 'node_modules/jest/bin/jest.js',
  args,
  env,
});

const UNIT = ['--config', 'test/unit.config.js'];

/**
 * What `npm run` starts: the targets it is made of, the flags of Node.js, its file, its arguments beside those that are
 * given, and variables of its environment.
 *
 * @typedef {{ targets: string[]; flags: string[]; file: string; args: string[]; env: Record<string, string> }} Program
 * @type {Record<string, Program>}
 */
export const PROGRAMS = {
  start: built('main', BOT_FLAGS),
  setup: built('setup'),
  doctor: built('doctor'),
  replay: built('replay'),
  bench: { ...built('bench/main'), targets: ['bot', 'bench'] },
  test: jest(['bot', 'localFeishu', 'test'], []),
  unit: jest([], UNIT),
  watch: jest([], [...UNIT, '--watch']),
  coverage: jest(['bot', 'localFeishu', 'test'], ['--coverage']),
  soak: jest(['bot'], ['--testMatch', '**/*.soak.ts']),
  torture: { ...built('torture/main'), targets: ['torture'] },
  screenshots: jest(['bot', 'test'], ['test/browser/screenshots'], { SCREENSHOTS: 'docs/images' }),
};

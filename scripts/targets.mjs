import { readFileSync } from 'node:fs';

const versionIn = (path) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).version;

/**
 * Bundled packages that are CommonJS modules call `require`, and one of them asks for `__dirname`.
 */
const COMMONJS = [
  "import { createRequire as requireFrom } from 'node:module';",
  'const require = requireFrom(import.meta.url);',
  'const __dirname = import.meta.dirname;',
].join(' ');

/** Options of esbuild for a program that Node.js runs. */
const program = (entryPoints, { localFeishu = true, outbase } = {}) => ({
  entryPoints,
  ...(outbase && { outbase }),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  // The first is a native addon; the others are optional for the packages that ask for them.
  external: ['libsql', 'pg-native', 'supports-color'],
  define: { LOCAL_FEISHU: String(localFeishu), VERSION_OF_BUILD: JSON.stringify(versionIn('package.json')) },
  banner: { js: COMMONJS },
  legalComments: 'none',
  minifyWhitespace: true,
  lineLimit: 160,
});

/** Options of esbuild for the page of the local Feishu. */
const page = {
  entryPoints: {
    app: 'local-feishu/src/web/main.tsx',
    consent: 'local-feishu/src/web/consent.css',
    icon: 'local-feishu/src/web/icon.svg',
  },
  bundle: true,
  minify: true,
  target: 'es2022',
  loader: { '.svg': 'copy' },
};

/** Whoever starts the bot calls it by its file, `dist/main.js`, and always will. */
const LIVE = { main: 'src/bin/start.ts', setup: 'src/bin/setup.ts', doctor: 'src/bin/doctor.ts' };

const BENCH = ['main', 'load', ...['product', 'sdk', 'bare', 'stage', 'calls'].map((name) => `servers/${name}`)];

/**
 * What can be built: into which folder, and the bundles in it, each with its folder inside that one and its options.
 *
 * @type {Record<string, { outdir: string; bundles: Record<string, import('esbuild').BuildOptions> }>}
 */
export const TARGETS = {
  /** The bot with the local Feishu, and all its commands. */
  bot: {
    outdir: 'dist',
    bundles: { '.': program({ ...LIVE, replay: 'src/bin/replay.ts' }), 'local-feishu/web': page },
  },
  /** The local Feishu as a program of its own, for any bot. Where only the bot is built, its folder need not be there. */
  get localFeishu() {
    return {
      outdir: 'local-feishu/dist',
      bundles: {
        '.': {
          ...program({ main: 'local-feishu/src/cli/main.ts' }),
          define: { VERSION_OF_LOCAL_FEISHU: JSON.stringify(versionIn('local-feishu/package.json')) },
        },
        web: page,
      },
    };
  },
  /** The bot alone, as a server runs it. */
  live: { outdir: 'dist', bundles: { '.': program(LIVE, { localFeishu: false }) } },
  /** Bots that only tests start. */
  test: { outdir: 'dist/test', bundles: { '.': program(['test/support/composedBot.ts']) } },
  /** What harms replicas, the replicas, and what keeps a PostgreSQL server for them. */
  torture: {
    outdir: 'dist/torture',
    bundles: {
      '.': program({
        main: 'test/torture/main.ts',
        bot: 'test/torture/bot.ts',
        // Runs as a process of its own.
        keeper: 'test/support/postgres/keeper.js',
      }),
    },
  },
  bench: {
    outdir: 'dist/bench',
    bundles: {
      '.': program(
        BENCH.map((name) => `bench/${name}.ts`),
        { outbase: 'bench' },
      ),
    },
  },
};

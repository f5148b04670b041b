import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The bot in other surroundings. With `CLOCK_OFF_MS` its clock is ahead by that much. With `DIES_AT` it has a store in
 * which one call is deadly: `DIES_AT=changes.claim after` ends the process by SIGKILL as soon as that call has done its
 * work, and `before` as soon as it is asked for. The signal SIGUSR2 arms it.
 */
const [place = '', when] = process.env.DIES_AT?.split(' ') ?? [];
const ahead = Number(process.env.CLOCK_OFF_MS ?? 0);
const built = (path) => import(pathToFileURL(join(dirname(process.env.BOT_MAIN), path)).href);
const [
  { startApp },
  { readConfig },
  { systemClock },
  { createLogger },
  { systemRandom },
  { createTrace },
  { openStore },
] = await Promise.all(
  ['app.js', 'config/config.js', 'lib/clock.js', 'lib/logger.js', 'lib/random.js', 'lib/trace.js', 'store/open.js'].map(
    built,
  ),
);

let isArmed = false;
process.on('SIGUSR2', () => {
  isArmed = true;
  process.stdout.write('armed\n');
});

/** Resolves never: nothing of this process happens after its death. */
const die = () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};

const deadly = (work) =>
  async function call(...given) {
    if (isArmed && when === 'before') return die();
    const result = await work(...given);
    return isArmed && when === 'after' ? die() : result;
  };

/** `changes.claim` is a call of a repository, `together` one of the store itself. */
function mortal(store) {
  if (place === '') return store;
  const [room, name] = place.split('.');
  if (name === undefined) return { ...store, [room]: deadly(store[room]) };
  return { ...store, [room]: { ...store[room], [name]: deadly(store[room][name]) } };
}

const config = readConfig(process.env);
const trace = createTrace();
const app = await startApp(config, {
  clock: { now: () => systemClock.now() + ahead, sleep: systemClock.sleep },
  random: systemRandom,
  logger: createLogger(config.logLevel, undefined, trace),
  trace,
  openStore: async (...given) => mortal(await openStore(...given)),
});
process.on('SIGTERM', () => app.stop().then(() => process.exit(0)));

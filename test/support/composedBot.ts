import { z } from 'zod';
import { startApp } from '../../src/app/app.ts';
import { readConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { createTrace } from '../../src/lib/trace.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';

/**
 * The bot in other surroundings. With `CLOCK_OFF_MS` its clock is ahead by that much, and a message `{ stepMs }` of its
 * parent process sets it by so much more. With `DIES_AT` it has a store in
 * which one call is deadly: `DIES_AT=changes.claim after` ends the process by SIGKILL as soon as that call has done its
 * work, and `before` as soon as it is asked for. The signal SIGUSR2 arms it, or `ARMED=1` from the start.
 */
const [place = '', when] = process.env.DIES_AT?.split(' ') ?? [];
let ahead = Number(process.env.CLOCK_OFF_MS ?? 0);

const Step = z.object({ stepMs: z.number() });
process.on('message', (message) => {
  ahead += Step.parse(message).stepMs;
  process.send?.('stepped');
});
// The parent may be gone: this process ends as any other.
process.channel?.unref();

let isArmed = process.env.ARMED === '1';
process.on('SIGUSR2', () => {
  isArmed = true;
  process.stdout.write('armed\n');
});

/** Resolves never: nothing of this process happens after its death. */
const die = () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => undefined);
};

type Call = (...given: unknown[]) => Promise<unknown>;
const Call = z.custom<Call>((value) => typeof value === 'function');
const Room = z.record(z.string(), z.unknown());

const deadly = (work: Call): Call =>
  async function call(...given) {
    if (isArmed && when === 'before') return die();
    const result = await work(...given);
    return isArmed && when === 'after' ? die() : result;
  };

/** `changes.claim` is a call of a repository, `together` one of the store itself. */
function mortal(store: Store): Store {
  if (place === '') return store;
  const [room = '', name] = place.split('.');
  const found = Room.parse(store)[room];
  if (name === undefined) return Object.assign({ ...store }, { [room]: deadly(Call.parse(found)) });
  const call = deadly(Call.parse(Room.parse(found)[name]));
  return Object.assign({ ...store }, { [room]: { ...Room.parse(found), [name]: call } });
}

const config = readConfig(process.env);
const trace = createTrace();
const app = await startApp(config, {
  clock: { ...systemClock, now: () => systemClock.now() + ahead },
  random: systemRandom,
  logger: createLogger(config.logLevel, undefined, trace),
  trace,
  openStore: async (...given) => mortal(await openStore(...given)),
});
process.on('SIGTERM', () => void app.stop().then(() => process.exit(0)));

import { subscribe } from 'node:diagnostics_channel';
import { z } from 'zod';
import { startApp } from '../../src/app/app.ts';
import { readConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { createTrace } from '../../src/lib/trace.ts';

/**
 * The bot as a process that is tortured. Its parent moves its wall clock with a message `{ clockAheadMs }`, and each of
 * its requests carries `x-request-id: CHANGE/PROCESS`, so that every effect can be put down to one change and one process.
 */
const Message = z.object({ clockAheadMs: z.number() });
/** The request itself, not a copy of what it holds. */
const Outgoing = z.custom<{ addHeader(name: string, value: string): void }>((value) => typeof value === 'object');
const Created = z.object({ request: Outgoing });

let clockAheadMs = 0;
process.on('message', (message) => {
  clockAheadMs = Message.parse(message).clockAheadMs;
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const trace = createTrace();
// Told while the call is being made, and so within the trace of its change.
subscribe('undici:request:create', (message) => {
  const { request } = Created.parse(message);
  request.addHeader('x-request-id', `${trace.fields().change ?? ''}/${process.env.PROCESS_NAME}`);
});

const config = readConfig(process.env);
const app = await startApp(config, {
  clock: { ...systemClock, now: () => systemClock.now() + clockAheadMs },
  random: systemRandom,
  logger: createLogger(config.logLevel, undefined, trace),
  trace,
});
process.on('SIGTERM', () => void app.stop().then(() => process.exit(0)));

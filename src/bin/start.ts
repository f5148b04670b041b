import { config as loadDotenv } from 'dotenv';
import type { App } from '../app/app.ts';
import { STOP_MS } from '../app/stopTimes.ts';
import { checkVariables, type Environment, readConfig, wantsSandbox } from '../config/config.ts';
import { unreadable } from '../explain/envFile.ts';
import { languageOf } from '../explain/language.ts';
import { systemClock } from '../lib/clock.ts';
import { collectGarbage } from '../lib/heap.ts';
import { createLogger } from '../lib/logger.ts';
import { systemRandom } from '../lib/random.ts';
import { createTrace } from '../lib/trace.ts';
import { VERSION } from '../lib/version.ts';
import { WITH_PARENT } from '../lib/withParent.ts';

/** Whether the build has the local Feishu in it: that of `npm run build:live` can only be a live bot. */
declare const LOCAL_FEISHU: boolean;

/** When everything that a start loads has been loaded, and what came with the start is answered. */
const STARTED_MS = 20_000;

async function main(): Promise<void> {
  if (process.argv.includes('--version')) {
    process.stdout.write(`feishu-skill-bot ${VERSION}\n`);
    return;
  }
  const { error } = loadDotenv({ quiet: true });
  // Without its settings the bot would be another one.
  if (error && error.code !== 'ENOENT') throw unreadable('.env', error);
  const env: Environment = process.env;
  if (LOCAL_FEISHU && wantsSandbox(env)) {
    // Other variables are made from it, and would be blamed too.
    checkVariables(env, ['PORT']);
    // Loaded here only: nothing of the local Feishu is part of a live bot, and the bot is a process of its own there.
    const { runSandbox } = await import('./sandboxMode.ts');
    await runSandbox(env, process.argv.includes('--demo'), stopOnSignal);
    return;
  }
  const config = readConfig(env);
  const trace = createTrace();
  const logger = createLogger(config.logLevel, undefined, trace);
  logger.info({ version: VERSION, node: process.version }, 'starting');
  let app: App | undefined;
  // Before the start: the first process of a container ignores signals that it does not handle.
  const end = stopOnSignal(async () => app?.stop(), config.drainMs + STOP_MS);
  const { startApp } = await import('../app/app.ts');
  app = await startApp(config, { clock: systemClock, random: systemRandom, logger, trace });
  logger.info({ host: config.listen.host, port: app.port }, 'listening');
  setTimeout(() => void collectGarbage(), STARTED_MS).unref();
  if (process.argv.includes(WITH_PARENT)) tieToParent(end);
}

/**
 * A clean stop on SIGTERM and SIGINT: what is under way is finished first. After `withinMs` the process ends anyway. Such
 * a signal often comes twice, to this process and to its group: the second one changes nothing. Gives what a signal does.
 */
function stopOnSignal(stop: () => Promise<void>, withinMs = STOP_MS): () => void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(1), withinMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  return end;
}

/** Sends the parent a message that the bot listens, and calls `end` when the parent is gone, however it went. */
function tieToParent(end: () => void): void {
  process.once('disconnect', end);
  if (process.connected) process.send?.('listening');
  else end();
}

/** Ends the process with what stopped it, in one message with its remedy. */
async function fail(error: unknown): Promise<void> {
  const { explain, formatFault } = await import('../explain/explain.ts');
  process.stderr.write(`${formatFault(explain(error), languageOf(process.env))}\n`);
  process.exit(1);
}

main().catch(fail);

import { config as loadDotenv } from 'dotenv';
import { type App, startApp } from './app.ts';
import { ConfigError, type Environment, readConfig, wantsSandbox } from './config/config.ts';
import { systemClock } from './lib/clock.ts';
import { createLogger } from './lib/logger.ts';
import { systemRandom } from './lib/random.ts';
import { createTrace } from './lib/trace.ts';
import { DatabaseUnavailable } from './store/open.ts';
import { PortTaken } from './transport/listen.ts';

/** How long a stop may take before the process ends anyway. */
const STOP_MS = 15_000;

async function main(): Promise<void> {
  loadDotenv({ quiet: true });
  const env: Environment = process.env;
  if (wantsSandbox(env)) {
    // Loaded here only: nothing of the local Feishu is part of a live bot.
    const { runSandbox } = await import('./sandboxMode.ts');
    await runSandbox(env, process.argv.includes('--demo'), stopOnSignal);
    return;
  }
  const config = readConfig(env);
  const trace = createTrace();
  const logger = createLogger(config.logLevel, undefined, trace);
  let app: App | undefined;
  // Before the start: the first process of a container ignores signals that it does not handle.
  stopOnSignal(async () => app?.stop(), config.drainMs + STOP_MS);
  app = await startApp(config, { clock: systemClock, random: systemRandom, logger, trace });
  logger.info({ host: config.listen.host, port: app.port }, 'listening');
}

/** A clean stop on SIGTERM and SIGINT: what is under way is finished first. After `withinMs` it ends anyway. */
function stopOnSignal(stop: App['stop'], withinMs = STOP_MS): void {
  const end = (): void => {
    setTimeout(() => process.exit(1), withinMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

function fail(error: unknown): void {
  process.stderr.write(`${explained(error)}\n`);
  process.exit(1);
}

/** What stopped the start, in one message with its remedy. */
function explained(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof PortTaken) {
    return `The port is taken: ${message}. Set ${error.variable} to a free one, or stop what uses it.`;
  }
  if (error instanceof DatabaseUnavailable) {
    return `The database cannot be used: ${message}. Start it, or correct DATABASE_URL.`;
  }
  return `The bot could not start: ${message}`;
}

main().catch(fail);

import { config as loadDotenv } from 'dotenv';
import { type App, startApp } from './app.ts';
import { ConfigError, type Environment, readConfig, wantsSandbox } from './config/config.ts';
import { systemClock } from './lib/clock.ts';
import { collectGarbage } from './lib/garbage.ts';
import { createLogger } from './lib/logger.ts';
import { systemRandom } from './lib/random.ts';
import { DatabaseUnavailable } from './store/open.ts';

/** How long a stop may take before the process ends anyway. */
const STOP_MS = 15_000;
/** When everything that a start loads has been loaded, and what came with the start is answered. */
const STARTED_MS = 20_000;

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
  const logger = createLogger(config.logLevel);
  const app = await startApp(config, { clock: systemClock, random: systemRandom, logger });
  logger.info({ host: config.listen.host, port: app.port }, 'listening');
  setTimeout(() => void collectGarbage(), STARTED_MS).unref();
  stopOnSignal(() => app.stop());
}

/** A clean stop on SIGTERM and SIGINT: what is under way is finished first. */
function stopOnSignal(stop: App['stop']): void {
  const end = (): void => {
    setTimeout(() => process.exit(1), STOP_MS).unref();
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
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'EADDRINUSE') return `The port is taken: ${message}. Set PORT to a free one, or stop what uses it.`;
  if (error instanceof DatabaseUnavailable) {
    return `The database cannot be used: ${message}. Start it, or correct DATABASE_URL.`;
  }
  return `The bot could not start: ${message}`;
}

main().catch(fail);

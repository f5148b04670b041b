import { config as loadDotenv } from 'dotenv';
import { type App, startApp } from './app.ts';
import { type Environment, readConfig, wantsSandbox } from './config/config.ts';
import { systemClock } from './lib/clock.ts';
import { createLogger } from './lib/logger.ts';
import { systemRandom } from './lib/random.ts';
import { explain, told } from './terminal/explain.ts';
import { languageOf } from './terminal/language.ts';

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
  const logger = createLogger(config.logLevel);
  const app = await startApp(config, { clock: systemClock, random: systemRandom, logger });
  logger.info({ host: config.listen.host, port: app.port }, 'listening');
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
  process.stderr.write(`${told(explain(error), languageOf(process.env))}\n`);
  process.exit(1);
}

main().catch(fail);

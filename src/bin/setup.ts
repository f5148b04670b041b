import { readManifest } from '../config/manifest.ts';
import { explain, formatFault } from '../explain/explain.ts';
import { languageOf } from '../explain/language.ts';
import { endWithReader } from '../explain/readerGone.ts';
import { systemClock } from '../lib/clock.ts';
import type { Language } from '../lib/phrase.ts';
import { phrase } from '../lib/phrase.ts';
import { systemRandom } from '../lib/random.ts';
import { Cancelled, createAsker } from '../setup/ask.ts';
import { openEnvFile } from '../setup/envFile.ts';
import { helpText, type Options, readOptions } from '../setup/options.ts';
import { heldFile, type Session } from '../setup/session.ts';
import { setUp } from '../setup/setup.ts';

const { env, stdin, stdout, stderr } = process;

/** What a shell reports of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

async function main(args: string[]): Promise<void> {
  endWithReader(process, process.exit);
  const options = readOptions(args, env);
  if (options.help) stdout.write(helpText(options.language));
  else await run(options).catch((error: unknown) => fail(error, options.language));
}

async function run(options: Options): Promise<void> {
  const { language } = options;
  const held = heldFile(openEnvFile(options.envFile));
  const before = held.file;
  const givenUp = new AbortController();
  const giveUp = (): void => {
    givenUp.abort();
    stderr.write(`\n${(held.file === before ? UNTOUCHED : RESUMABLE)[language]}\n`);
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', giveUp);
  const session: Session = {
    options,
    asker:
      stdin.isTTY && stdout.isTTY && !options.yes ? createAsker({ input: stdin, output: stdout }, language) : undefined,
    clock: systemClock,
    random: systemRandom,
    columns: stdout.columns,
    signal: givenUp.signal,
    print: (what) => void stdout.write(`${what[language]}\n`),
    get file() {
      return held.file;
    },
    save: held.save,
  };
  const result = await setUp(session, readManifest()).catch((error: unknown) => {
    if (error instanceof Cancelled) giveUp();
    throw error;
  });
  if (result === 'incomplete') process.exitCode = 1;
}

const UNTOUCHED = phrase('已取消，没有写入任何内容。', 'Cancelled. Nothing was written.');
const RESUMABLE = phrase(
  '已取消。已写入的内容是完整的，重新运行会接着做。',
  'Cancelled. What was written is complete: run this again to go on.',
);

function fail(error: unknown, language: Language): void {
  stderr.write(`${formatFault(explain(error), language)}\n`);
  process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => fail(error, languageOf(env)));

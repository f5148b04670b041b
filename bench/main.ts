import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { machine } from './lib/machine.ts';
import { type Results, report } from './report.ts';
import { endpoint, FULL, growth, QUICK, wholeBot } from './sections.ts';

/** Runs everything; see README.md beside this file. */
const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    update: { type: 'boolean', default: false },
  },
});
const amounts = flags.quick ? QUICK : FULL;
const postgresUrl = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

say('Endpoint …');
const served = await endpoint(amounts, postgresUrl);
say('Rows in the inbox …');
const grown = await growth(amounts);
say('The whole bot …');
const bot = await wholeBot(amounts);
const results: Results = { machine: machine(), endpoint: served, growth: grown, bot };
process.stdout.write(`${report(results)}\n`);
if (flags.json !== undefined) await writeFile(flags.json, `${JSON.stringify(results, null, 2)}\n`);
if (flags.update) await intoReadme(report(results));
process.exit(0);

/** Puts the results between the two marks of README.md. */
async function intoReadme(text: string): Promise<void> {
  const file = new URL('../../bench/README.md', import.meta.url);
  const readme = await readFile(file, 'utf8');
  const marks = /(<!-- results -->\n)[\s\S]*(<!-- end of results -->)/;
  await writeFile(
    file,
    readme.replace(marks, (_all, begin: string, end: string) => `${begin}\n${text}\n\n${end}`),
  );
}

import { readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import type { Environment } from '../config/config.ts';
import { readManifest } from '../config/manifest.ts';
import { cards } from '../doctor/checks/cards.ts';
import { CHECKS } from '../doctor/checks.ts';
import { examine } from '../doctor/examine.ts';
import { jsonOf, lineOf, resultOf, summaryOf } from '../doctor/report.ts';
import { retrySetAside } from '../doctor/retrySetAside.ts';
import { subjectOf } from '../doctor/subject.ts';
import { unreadable } from '../explain/envFile.ts';
import { codeOf, explain, formatFault } from '../explain/explain.ts';
import { describeFlags, type Flag, readFlags } from '../explain/flags.ts';
import { chosenLanguage, languageOf } from '../explain/language.ts';
import { endWithReader } from '../explain/readerGone.ts';
import { Trouble } from '../explain/trouble.ts';
import { systemClock } from '../lib/clock.ts';
import { phrase } from '../lib/phrase.ts';
import { systemRandom } from '../lib/random.ts';

const { env, stdout, stderr } = process;

const FLAGS: readonly Flag[] = [
  { name: 'json', does: phrase('给程序读的 JSON', 'JSON, for programs') },
  { name: 'dotenv', value: 'FILE', does: phrase('读取的文件，默认 .env', 'the file to read, .env by default') },
  {
    name: 'cards',
    does: phrase(
      '再让飞书检查机器人的每一种卡片，不会发给任何人',
      'also have Feishu judge every kind of card; nobody sees them',
    ),
  },
  {
    name: 'retry-set-aside',
    does: phrase('先让搁置的请求重新处理', 'first let the bot try again what was set aside'),
  },
  { name: 'lang', value: 'zh|en', does: phrase('显示的语言', 'language of what is shown') },
  { name: 'help', short: 'h', does: phrase('显示本说明', 'show this') },
];

const INTRODUCTION = phrase(
  'npm run doctor -- [参数]\n\n检查配置、数据库、飞书应用、服务台和公网地址，不做修改（--retry-set-aside 除外）。有检查没通过时退出码为 1。\n',
  'npm run doctor -- [flags]\n\nChecks configuration, database, app, helpdesk and public address, and changes nothing (but for --retry-set-aside). Exits with 1 when a check fails.\n',
);

async function main(args: string[]): Promise<void> {
  endWithReader(process, process.exit);
  const flags = readFlags(args, FLAGS);
  const language = chosenLanguage(flags.text('lang'), env);
  if (flags.has('help')) {
    stdout.write(`${INTRODUCTION[language]}\n${describeFlags(FLAGS, language)}\n`);
    return;
  }
  const described = { ...fromFile(flags.text('dotenv')), ...env };
  const { faults, subject } = subjectOf({
    env: described,
    manifest: readManifest(),
    clock: systemClock,
    random: systemRandom,
  });
  const json = flags.has('json');
  if (flags.has('retry-set-aside')) {
    if (!subject) throw NOT_CONFIGURED;
    // Not into the JSON, which holds the checks only.
    (json ? stderr : stdout).write(`${(await retrySetAside(subject))[language]}\n\n`);
  }
  const checks = flags.has('cards') ? [...CHECKS, cards] : CHECKS;
  const examined = await examine(checks, faults, subject, (one) => {
    if (!json) stdout.write(lineOf(one, language));
  });
  await subject?.close();
  stdout.write(json ? jsonOf(examined, language) : summaryOf(examined, language));
  if (resultOf(examined) === 'failed') process.exitCode = 1;
}

const NOT_CONFIGURED = new Trouble(
  'not_configured',
  phrase('配置有误，找不到数据库。', 'The configuration is faulty, and the database cannot be found.'),
  phrase('请先运行 npm run doctor 并改正。', 'Run npm run doctor first, and correct what it names.'),
);

/** The environment counts more than the file, as at the start of the bot; only a named file has to be there. */
function fromFile(name: string | undefined): Environment {
  try {
    return parse(readFileSync(name ?? '.env', 'utf8'));
  } catch (error) {
    const isAbsent = codeOf(error) === 'ENOENT';
    if (name === undefined && isAbsent) return {};
    const file = name ?? '.env';
    if (!isAbsent && error instanceof Error) throw unreadable(file, error);
    throw new Trouble(
      'no_env_file',
      phrase(`${file} 读不出来。`, `${file} cannot be read.`),
      phrase('请改正 --dotenv，或运行 npm run setup。', 'Correct --dotenv, or run npm run setup.'),
    );
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  stderr.write(`${formatFault(explain(error), languageOf(env))}\n`);
  process.exitCode = 1;
});

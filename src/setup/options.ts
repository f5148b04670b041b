import { readFileSync } from 'node:fs';
import { type Environment, VARIABLES } from '../config/config.ts';
import type { Variable } from '../config/variables.ts';
import { describeFlags, type Flag, type GivenFlags, readFlags } from '../explain/flags.ts';
import { chosenLanguage } from '../explain/language.ts';
import { Trouble } from '../explain/trouble.ts';
import type { Language } from '../lib/phrase.ts';
import { phrase } from '../lib/phrase.ts';

/** What was asked for on the command line and in the environment. */
export interface Options {
  language: Language;
  envFile: string;
  help: boolean;
  /** Nothing is asked; what is not given gets its default. */
  yes: boolean;
  dryRun: boolean;
  /** Values in the file may be replaced without asking. */
  force: boolean;
  /** Make a new app by QR code. */
  create: boolean;
  /** Hand the app's version in for release. */
  publish: boolean;
  given: Partial<Record<Variable, string>>;
}

/** Flags that give the value of a variable. Secrets have none: `ps` would show them. */
const VALUE_FLAGS: readonly (Flag & { variable: Variable })[] = [
  {
    name: 'app-id',
    value: 'ID',
    variable: 'FEISHU_APP_ID',
    does: phrase('已有应用的 App ID', 'App ID of an app that exists'),
  },
  {
    name: 'transport',
    value: 'webhook|websocket',
    variable: 'FEISHU_TRANSPORT',
    does: phrase('接收事件的方式', 'how events arrive'),
  },
  {
    name: 'login-flow',
    value: 'redirect|device',
    variable: 'LOGIN_FLOW',
    does: phrase('管理员登录的方式', 'how admins log in'),
  },
  {
    name: 'public-url',
    value: 'URL',
    variable: 'PUBLIC_URL',
    does: phrase('公网访问机器人的地址', 'where Feishu and browsers reach the bot'),
  },
  { name: 'helpdesk-id', value: 'ID', variable: 'HELPDESK_ID', does: phrase('服务台 ID', 'id of the helpdesk') },
  {
    name: 'database-url',
    value: 'URL',
    variable: 'DATABASE_URL',
    does: phrase('数据库地址（不含密码）', 'the database, without a password'),
  },
  { name: 'port', value: 'PORT', variable: 'PORT', does: phrase('监听端口', 'port to listen on') },
  {
    name: 'base-url',
    value: 'URL',
    variable: 'FEISHU_BASE_URL',
    does: phrase('开放平台地址（Lark 或私有部署）', 'the open platform, for Lark or a private deployment'),
  },
  {
    name: 'accounts-url',
    value: 'URL',
    variable: 'FEISHU_ACCOUNTS_URL',
    does: phrase('账号中心地址（Lark 或私有部署）', 'the accounts site, for Lark or a private deployment'),
  },
];

const SECRET_FLAGS: readonly (Flag & { variable: Variable })[] = [
  {
    name: 'app-secret-file',
    value: 'FILE',
    variable: 'FEISHU_APP_SECRET',
    does: phrase('从文件读取 App Secret；- 表示标准输入', 'read the App Secret from a file; - is standard input'),
  },
  {
    name: 'helpdesk-token-file',
    value: 'FILE',
    variable: 'HELPDESK_TOKEN',
    does: phrase('从文件读取服务台 Token；- 表示标准输入', 'read the helpdesk token from a file; - is standard input'),
  },
];

const SWITCHES: readonly Flag[] = [
  { name: 'create', does: phrase('扫码创建新应用', 'create a new app by QR code') },
  { name: 'publish', does: phrase('提交版本发布', 'hand a version of the app in for release') },
  { name: 'yes', short: 'y', does: phrase('不提问，其余取默认值', 'ask nothing, take defaults for the rest') },
  { name: 'dry-run', does: phrase('只显示会改什么，不做修改', 'show what would change, and change nothing') },
  { name: 'force', does: phrase('允许替换文件里已有的值', 'replace values that the file has already') },
  // Not "env-file": Node.js takes that for itself, wherever it stands.
  { name: 'dotenv', value: 'FILE', does: phrase('写入的文件，默认 .env', 'the file to write, .env by default') },
  { name: 'lang', value: 'zh|en', does: phrase('显示的语言', 'language of what is shown') },
  { name: 'help', short: 'h', does: phrase('显示本说明', 'show this') },
];

const FLAGS: readonly Flag[] = [...VALUE_FLAGS, ...SECRET_FLAGS, ...SWITCHES];

/** Reads flags and environment. Throws a {@link Trouble}. */
export function readOptions(args: string[], env: Environment): Options {
  const flags = readFlags(args, FLAGS);
  const given = { ...fromEnvironment(env), ...fromFlags(flags), ...fromSecretFiles(flags) };
  return {
    language: chosenLanguage(flags.text('lang'), env),
    envFile: flags.text('dotenv') ?? '.env',
    help: flags.has('help'),
    yes: flags.has('yes'),
    dryRun: flags.has('dry-run'),
    force: flags.has('force'),
    create: flags.has('create'),
    publish: flags.has('publish'),
    given,
  };
}

type GivenOptions = Options['given'];

const fromEnvironment = (env: Environment): GivenOptions =>
  Object.fromEntries(
    VARIABLES.flatMap((name) => {
      const value = env[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );

function fromFlags(flags: GivenFlags): GivenOptions {
  const given = Object.fromEntries(
    VALUE_FLAGS.flatMap(({ name, variable }) => {
      const value = flags.text(name);
      return value === undefined ? [] : [[variable, value]];
    }),
  );
  const database = given.DATABASE_URL;
  if (database && URL.canParse(database) && new URL(database).password !== '') {
    throw badValue(
      '--database-url',
      phrase('含有密码，别的用户能看到', 'has a password in it, which other users can see'),
    );
  }
  return given;
}

function fromSecretFiles(flags: GivenFlags): GivenOptions {
  return Object.fromEntries(
    SECRET_FLAGS.flatMap(({ name, variable }) => {
      const file = flags.text(name);
      return file === undefined ? [] : [[variable, readSecret(`--${name}`, file)]];
    }),
  );
}

const STDIN = 0;

function readSecret(flag: string, file: string): string {
  try {
    return readFileSync(file === '-' ? STDIN : file, 'utf8').trim();
  } catch {
    throw badValue(flag, phrase(`的文件 ${file} 读不出来`, `names ${file}, which cannot be read`));
  }
}

const badValue = (flag: string, problem: ReturnType<typeof phrase>): Trouble =>
  new Trouble(
    'bad_flag',
    phrase(`参数 ${flag} ${problem.zh}。`, `The flag ${flag} ${problem.en}.`),
    phrase(
      '运行 --help 查看说明；密钥和 Token 请用环境变量或文件。',
      'See --help; give secrets by environment variable or file.',
    ),
  );

const INTRODUCTION = phrase(
  `npm run setup -- [参数]

创建或接入一个飞书应用，配置它，验证服务台，并写好 .env。没有给出的内容会在终端里提问。
密钥、Token 等敏感信息不放在命令行上：用环境变量 FEISHU_APP_SECRET、HELPDESK_TOKEN、DATABASE_URL，或用文件。
`,
  `npm run setup -- [flags]

Creates a Feishu app or takes an existing one, configures it, proves the helpdesk, and writes .env. What is not given is
asked in the terminal. Secrets do not belong on the command line: use the environment variables FEISHU_APP_SECRET,
HELPDESK_TOKEN and DATABASE_URL, or a file.
`,
);

export const helpText = (language: Language): string =>
  `${INTRODUCTION[language]}\n${describeFlags(FLAGS, language)}\n`;

/** The flag or variable by which something that is missing can be given. */
export function wayToGive(variable: Variable): string {
  const flag = [...VALUE_FLAGS, ...SECRET_FLAGS].find((entry) => entry.variable === variable);
  if (!flag) return variable;
  return VALUE_FLAGS.some((entry) => entry === flag) ? `--${flag.name}` : `${variable} / --${flag.name}`;
}

import { type Language, phrase } from '../lib/phrase.ts';
import type { CommandFacts } from './command.ts';

/** The commands as a Markdown table, for the README. */
export function commandTable(commands: readonly CommandFacts[], language: Language): string {
  const head = phrase('| 命令 | 作用 |', '| command | what it does |');
  const rows = commands.map((command) => {
    const usage = written(command, language).replaceAll('|', '\\|');
    return `| \`${usage}\` | ${command.summary[language]}${opensForm(command) ? FORM_NOTE[language] : ''} |`;
  });
  return [head[language], '| --- | --- |', ...rows].join('\n');
}

/** One section of Markdown for each command: what it does, how it is written, examples, other names. */
export const commandSections = (commands: readonly CommandFacts[], language: Language): string =>
  commands.map((command) => commandSection(command, language)).join('\n\n');

function commandSection(command: CommandFacts, language: Language): string {
  const { name, aliases, summary, examples, writes } = command;
  const notes = [
    ...(opensForm(command) ? [FORM_NOTE[language].trim()] : []),
    ...(writes ? [PREVIEW_NOTE[language]] : []),
    ...(aliases.length > 0 ? [`${ALSO[language]}${aliases.map((alias) => `\`${alias}\``).join(COMMA[language])}`] : []),
  ];
  return [
    `## ${name}`,
    summary[language],
    ['```text', written(command, language), '```'].join('\n'),
    [EXAMPLES[language], ...examples.map((example) => `- \`/skill ${example}\``)].join('\n'),
    ...notes,
  ].join('\n\n');
}

const written = ({ name, usage }: CommandFacts, language: Language): string =>
  `/skill ${name} ${usage[language]}`.trim();

/** Without arguments a command opens its form, unless it means something alone. */
const opensForm = ({ form, worksAlone }: CommandFacts): boolean => form !== undefined && !worksAlone;

const FORM_NOTE = phrase('不写参数则打开表单。', ' Without arguments: a form.');
const PREVIEW_NOTE = phrase(
  '先给出预览，按“确认”后才以你的身份写入；可以撤销。需要先登录（机器人会自动提示）。',
  'Previewed first, and written in your name only after Confirm; it can be taken back. Needs a login, which the bot asks for by itself.',
);
const EXAMPLES = phrase('例如：', 'Examples:');
const ALSO = phrase('也可以写：', 'Also understood: ');
const COMMA = phrase('、', ', ');

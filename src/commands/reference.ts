import type { CommandFacts } from './command.ts';

/** The commands as a Markdown table, for the README. */
export function commandTable(commands: readonly CommandFacts[], language: 'zh' | 'en'): string {
  const head = language === 'zh' ? '| 命令 | 作用 |' : '| command | what it does |';
  const rows = commands.map((command) => {
    const usage = `/skill ${command.name} ${command.usage[language]}`.trim().replaceAll('|', '\\|');
    const form = command.form && !command.worksAlone;
    const note = form ? (language === 'zh' ? '不写参数则打开表单。' : ' Without arguments: a form.') : '';
    return `| \`${usage}\` | ${command.summary[language]}${note} |`;
  });
  return [head, '| --- | --- |', ...rows].join('\n');
}

import type { ViewId } from '../domain/ids.ts';
import { type Phrase, phrase, verbatim } from '../lib/phrase.ts';
import { button, type CardJson, card, divider, type Element, footnote, paragraph, rows } from './kit.ts';
import { md } from './text.ts';

/** What help says of a command. */
export interface HelpEntry {
  name: string;
  /** Other words for it, Chinese ones among them; lower case. */
  aliases: readonly string[];
  summary: Phrase;
  /** The arguments, as they are written; empty when there are none. */
  usage: Phrase;
  /** Whole lines that work, after `/skill `. */
  examples: readonly string[];
  /** Whether it plans a change, so that the person has to have authorised the bot. */
  writes: boolean;
  /** A button opens it. */
  form?: { title: Phrase };
}

const line = (entry: HelpEntry): Phrase => ({
  zh: `/skill ${entry.name} ${entry.usage.zh}`.trim(),
  en: `/skill ${entry.name} ${entry.usage.en}`.trim(),
});

/** All commands; with a view also buttons into their forms. */
export const helpCard = (entries: readonly HelpEntry[], viewId?: ViewId): CardJson =>
  card({ title: phrase('客服技能助手', 'Agent skills by chat'), template: 'blue' }, [
    paragraph(
      md`在这里查看和修改服务台的客服技能。每个修改都先给出预览，**确认后**才以你的身份写入。`,
      md`See and change the helpdesk’s agent skills here. Every change is previewed first and written in your name **only after you confirm** it.`,
    ),
    ...(viewId ? formButtons(entries, viewId) : []),
    divider,
    ...entries.map((entry) => {
      const usage = line(entry);
      return paragraph(md`**${usage.zh}**<br>${entry.summary.zh}`, md`**${usage.en}**<br>${entry.summary.en}`);
    }),
    footnote(
      phrase(
        '<技能> 可以是 ID、名称或名称的开头；<客服> 可以 @ 本人、写 ou_… 或邮箱。',
        '<skill> is an id, a name or the beginning of one; <agent> is an @mention, an ou_… id or an email address.',
      ),
    ),
  ]);

const formButtons = (entries: readonly HelpEntry[], id: ViewId): Element[] =>
  rows(entries.flatMap(({ name, form }) => (form ? [button(form.title, { action: `form.${name}`, id })] : [])));

/** One command. */
export const commandHelpCard = (entry: HelpEntry): CardJson =>
  card({ title: verbatim(`/skill ${entry.name}`), template: 'blue' }, commandHelp(entry));

/** What a command does, how it is written, and examples. */
export function commandHelp(entry: HelpEntry): Element[] {
  const usage = line(entry);
  const { aliases } = entry;
  return [
    paragraph(md`${entry.summary.zh}`, md`${entry.summary.en}`),
    paragraph(md`**用法**　${usage.zh}`, md`**Usage**　${usage.en}`),
    ...entry.examples.map((example) => paragraph(md`**例如**　/skill ${example}`, md`**Example**　/skill ${example}`)),
    ...(aliases.length === 0
      ? []
      : [footnote(phrase(`也可以写：${aliases.join('、')}`, `Also understood: ${aliases.join(', ')}`))]),
  ];
}

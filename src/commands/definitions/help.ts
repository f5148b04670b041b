import { z } from 'zod';
import { commandHelpCard, helpCard } from '../../cards/help.ts';
import { phrase } from '../../lib/phrase.ts';
import { type Command, type CommandFacts, defineCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { wholeText } from '../parse/arguments.ts';
import { folded } from '../parse/line.ts';

/** Help knows every command, itself included: `commands` is asked when it runs. */
export const helpFor = (commands: () => readonly CommandFacts[]): Command =>
  defineCommand({
    name: 'help',
    aliases: ['帮助', '?', '？'],
    summary: phrase('查看全部命令，或一条命令的用法。', 'Show all commands, or how one is written.'),
    usage: phrase('[命令]', '[command]'),
    examples: ['help', 'help rename'],
    writes: false,
    input: z.object({ command: z.string() }),
    read: (line) => ({ command: wholeText(line) }),
    async run({ command: name }, context) {
      if (name === '') {
        const viewId = await context.saveView({ command: 'help', input: { command: '' } });
        return { card: helpCard(commands(), viewId) };
      }
      const wanted = folded(name);
      const command = commands().find((entry) => entry.name === wanted || entry.aliases.includes(wanted));
      if (!command) throw new UsageError({ kind: 'unknown-command', text: name });
      return { card: commandHelpCard(command) };
    },
  });

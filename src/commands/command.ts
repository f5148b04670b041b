import type { z } from 'zod';
import type { HelpEntry } from '../cards/help.ts';
import type { Context, Reply } from './context.ts';
import type { FormSpec } from './forms/formSpec.ts';
import type { CommandLine } from './parse/line.ts';

/** What every command says of itself: help, errors and documents are made from this. */
export interface CommandFacts extends HelpEntry {
  /** What the command asks for when it is sent without arguments, unless it works alone. */
  form?: FormSpec;
  /** Whether the command means something without arguments: its form is for buttons only. */
  worksAlone?: boolean;
}

/** One command, as the registry holds it: its input is checked before it runs. */
export interface Command extends CommandFacts {
  /** Reads the line after the verb. Throws a UsageError. */
  read(line: CommandLine): Readonly<Record<string, unknown>>;
  run(input: unknown, context: Context): Promise<Reply>;
}

export interface CommandSpec<I extends Readonly<Record<string, unknown>>> extends CommandFacts {
  input: z.ZodType<I>;
  read(line: CommandLine): I;
  run(input: I, context: Context): Promise<Reply>;
}

/** Makes a command out of its parts; what comes from a stored view or a form goes through its schema. */
export const defineCommand = <I extends Readonly<Record<string, unknown>>>(spec: CommandSpec<I>): Command => ({
  ...spec,
  run: (input, context) => spec.run(spec.input.parse(input), context),
});

import type { Command } from '../command.ts';
import type { Context, Reply } from '../context.ts';
import { type AttemptedCommand, replyToFailure } from './refusals.ts';

/** Runs a command with its input; every known failure comes back as a card. */
export async function perform(
  command: Command,
  input: Readonly<Record<string, unknown>>,
  understood: string,
  context: Context,
): Promise<Reply> {
  return answered({ command, input, understood }, context, async () => {
    // A change that could not be confirmed anyway is not planned.
    if (command.writes) await context.services.grants.ensure(context.actorId);
    return command.run(input, context);
  });
}

/** Runs `work`; every known failure of it comes back as a card. */
export async function answered(
  attempted: AttemptedCommand,
  context: Context,
  work: () => Promise<Reply>,
): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    return replyToFailure(error, attempted, context);
  }
}

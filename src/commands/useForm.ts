import type { CardActionDelivery } from '../store/delivery.ts';
import type { Command } from './command.ts';
import type { Context, OnView, Reply, View } from './context.ts';
import { openForm } from './form.ts';
import type { Filled, FormSpec } from './formSpec.ts';
import { answered, perform } from './perform.ts';
import { problemInForm } from './refusals.ts';
import { findCommand } from './registry.ts';

type WithForm = Command & { form: FormSpec };

const hasForm = (command: Command | undefined): command is WithForm => command?.form !== undefined;

/**
 * One button name serves three things: on any card it opens the form; a step of a form brings a choice; and the form's
 * own button brings everything that was filled in.
 */
export const useForm: OnView = (view, click, context) => {
  const command = findCommand(click.action.name.slice('form.'.length));
  if (!hasForm(command)) return undefined;
  const understood = `/skill ${command.name}`;
  const filled = filledSoFar(command, view);
  if (click.action.form) return submit(command, view, { ...filled, ...click.action.form }, context);
  const next = withStep(filled, click);
  return answered({ command, input: {}, understood }, context, () => ask(command, next, understood, context));
};

/** A form that is open keeps what is filled in; another card only says which skill it is about. */
function filledSoFar(command: Command, view: View): Filled {
  if (view.form && view.command === command.name) return view.input;
  return typeof view.input.skill === 'string' ? { skill: view.input.skill } : {};
}

/** What was chosen in a step; conditions of a new skill are collected. */
function withStep(filled: Filled, { action }: CardActionDelivery): Filled {
  const { field } = action.details;
  if (typeof field !== 'string' || action.option === undefined) return filled;
  const list = filled.conditions;
  if (field === 'conditions') return { ...filled, conditions: [...(Array.isArray(list) ? list : []), action.option] };
  return { ...filled, [field]: action.option };
}

/** Asks for what is missing; when nothing is, the command runs at once. */
async function ask(command: WithForm, filled: Filled, understood: string, context: Context): Promise<Reply> {
  const form = await openForm(command, filled, context);
  return form ?? perform(command, command.form.input(filled), understood, context);
}

/** What is wrong with a form comes back in the form, with everything that was filled in still there. */
async function submit(command: WithForm, view: View, filled: Filled, context: Context): Promise<Reply> {
  return answered({ command, input: {}, understood: `/skill ${command.name}` }, context, async () => {
    try {
      if (command.writes) await context.services.grants.ensure(context.actor);
      return await command.run(command.form.input(filled), context);
    } catch (error) {
      const problem = problemInForm(error);
      const again = problem && (await openForm(command, filled, context, { problem, asked: view.form ?? [] }));
      if (again) return again;
      throw error;
    }
  });
}

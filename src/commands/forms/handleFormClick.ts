import type { CardActionDelivery } from '../../domain/delivery.ts';
import { OpenId } from '../../domain/ids.ts';
import type { Agent } from '../../domain/skill.ts';
import type { Command } from '../command.ts';
import type { Context, OnView, Reply, Services, View } from '../context.ts';
import { RefusedError } from '../errors.ts';
import { answered, perform } from '../handling/perform.ts';
import { problemInForm } from '../handling/refusals.ts';
import { findCommand } from '../registry.ts';
import { lookedUp } from '../resolve/names.ts';
import { openForm, UNKNOWN_SKILL } from './form.ts';
import type { Filled, FormSpec } from './formSpec.ts';

type WithForm = Command & { form: FormSpec };

const hasForm = (command: Command | undefined): command is WithForm => command?.form !== undefined;

/**
 * One button name serves three things: on any card it opens the form; a step of a form brings a choice; and the form's
 * own button brings everything that was filled in.
 */
export const handleFormClick: OnView = (view, click, context) => {
  const command = findCommand(click.action.name.slice('form.'.length));
  if (!hasForm(command)) return undefined;
  const understood = `/skill ${command.name}`;
  const filled = filledSoFar(command, view);
  const asked = view.form ?? [];
  if (click.action.form) return submit(command, asked, { ...filled, ...onlyAsked(click.action.form, asked) }, context);
  const next = withStep(filled, click);
  const doing = { command, input: {}, understood, filled: next };
  return answered(doing, context, () => ask(command, next, understood, context));
};

/** Goes on with a form when the skill was picked that its text had left open. */
export const goOnWithForm = (command: Command, filled: Filled, context: Context): Promise<Reply> | undefined =>
  hasForm(command) ? submit(command, [], filled, context) : undefined;

/** A form has the fields that it was shown with, whatever comes back. */
const onlyAsked = (form: Filled, asked: readonly string[]): Filled =>
  Object.fromEntries(Object.entries(form).filter(([name]) => asked.includes(name)));

/** A form that is open keeps what is filled in; another card says which skill it is about, and on which page it is. */
function filledSoFar(command: Command, view: View): Filled {
  if (view.form && view.command === command.name) return view.input;
  const { skill, page } = view.input;
  return typeof skill === 'string' ? { skill, page } : {};
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
async function submit(command: WithForm, asked: readonly string[], filled: Filled, context: Context): Promise<Reply> {
  const doing = { command, input: {}, understood: `/skill ${command.name}`, filled };
  return answered(doing, context, async () => {
    try {
      if (command.writes) await context.services.grants.ensure(context.actorId);
      const people = await peopleChosen(filled, context.services);
      return await command.run(command.form.input(filled), { ...context, people });
    } catch (error) {
      const problem = problemInForm(error);
      const kept = isSkillUnknown(error) && asked.includes('skill') ? withoutSkill(filled) : filled;
      const again = problem && (await openForm(command, kept, context, { problem, asked }));
      if (again) return again;
      throw error;
    }
  });
}

const isSkillUnknown = (error: unknown): boolean =>
  error instanceof RefusedError && error.refusal.kind === 'skill-unknown';

/** The skill is asked for again; what was written for it stands there. */
const withoutSkill = ({ skill, ...rest }: Filled): Filled => ({ ...rest, [UNKNOWN_SKILL]: skill });

/** A form brings ids only: the names are looked up for the preview, as far as that works. */
function peopleChosen(filled: Filled, services: Services): Promise<Agent[]> {
  const ids = Object.values(filled).flatMap((value) => (Array.isArray(value) ? value : []));
  const chosen = ids.flatMap((id) => (OpenId.safeParse(id).success && /^ou_/.test(id) ? [OpenId.parse(id)] : []));
  return lookedUp(chosen, services);
}

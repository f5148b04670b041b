import { type Field, formCard } from '../../cards/form.ts';
import type { Element } from '../../cards/kit.ts';
import { idsApart } from '../../cards/skills.ts';
import { plain, type Words } from '../../cards/text.ts';
import { unreadableSkills } from '../../cards/unreadable.ts';
import type { Argument } from '../../cards/usage.ts';
import { OpenId } from '../../domain/ids.ts';
import { MAX_NAME_LENGTH } from '../../domain/skill.ts';
import { sharedLooks } from '../../domain/writable.ts';
import { type Phrase, phrase, verbatim } from '../../lib/phrase.ts';
import type { Command } from '../command.ts';
import type { Context, Reply } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { Filled, FormSpec } from './formSpec.ts';

/**
 * Shows the form of a command, or undefined when everything it would ask is known. `again` says what was wrong with
 * what was filled in, and which fields there were: with new ones to fill in, nothing was wrong yet.
 */
export async function openForm(
  command: Command & { form: FormSpec },
  filled: Filled,
  context: Context,
  again?: { problem: Words; asked: readonly string[] },
): Promise<Reply | undefined> {
  const model = await command.form.model(filled, context);
  const names = [...model.steps, ...model.fields].map((field) => field.name);
  if (names.length === 0) return undefined;
  const problem = again && names.every((name) => again.asked.includes(name)) ? again.problem : undefined;
  const viewId = await context.saveView({ command: command.name, input: filled, form: names });
  return {
    card: formCard(
      { command: command.name, viewId },
      { title: command.form.title, writes: command.writes, ...model },
      problem,
    ),
  };
}

export const textIn = (filled: Filled, name: string): string | undefined => {
  const value = filled[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export const listIn = (filled: Filled, name: string): string[] => {
  const value = filled[name];
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === 'string');
  return typeof value === 'string' && value !== '' ? [value] : [];
};

export const peopleIn = (filled: Filled, name: string): OpenId[] =>
  listIn(filled, name).flatMap((id) => {
    const openId = OpenId.safeParse(id);
    return openId.success ? [openId.data] : [];
  });

/** What was written for the skill, when no skill fits it. */
export const UNKNOWN_SKILL = 'unknown_skill';

/** A select of this many options still fits a card; a desk with more skills is asked for the name instead. */
const MAX_OPTIONS = 60;

/** Asks which skill, and says which cannot be chosen. As a step when other fields depend on it. */
export async function skillField(
  filled: Filled,
  { services }: Context,
): Promise<{ intro: readonly Element[]; skill: Field }> {
  const label = phrase('技能', 'Skill');
  const { skills, unreadable } = await services.helpdesk.listSkills();
  const intro = unreadableSkills(unreadable);
  const value = textIn(filled, 'skill') ?? textIn(filled, UNKNOWN_SKILL);
  if (skills.length > MAX_OPTIONS) {
    const hint = phrase('ID、名称或名称的开头', 'Its id, its name or the beginning of it');
    return { intro, skill: { kind: 'text', name: 'skill', label, hint, value, maxLength: 200 } };
  }
  const isShared = sharedLooks(skills.map(({ name }) => name));
  const idOf = idsApart(skills.map(({ id }) => id));
  const options = skills.map(({ id, name }) => {
    const text = name === '' ? id : plain`${name}`;
    // In front, where it is left when the option is cut.
    return { value: id, text: verbatim(isShared(name) ? `${idOf(id)} · ${text}` : text) };
  });
  return { intro, skill: { kind: 'choice', name: 'skill', label, options, value } };
}

/** A form that has to know the skill before it can ask for anything else. */
export async function askForSkill(filled: Filled, context: Context): ReturnType<FormSpec['model']> {
  const { intro, skill } = await skillField(filled, context);
  return skill.kind === 'choice' ? { intro, steps: [skill], fields: [] } : { intro, steps: [], fields: [skill] };
}

/** What has to be filled in. Throws a {@link UsageError} when it is not. */
export function needed(filled: Filled, name: string, argument: Argument): string {
  const text = textIn(filled, name);
  if (text === undefined) throw new UsageError({ kind: 'missing', argument });
  return text;
}

/** A new name. What is too long is refused, never cut: a little more than can be written can be typed. */
export const nameField = (label: Phrase, value: string | undefined): Field => ({
  kind: 'text',
  name: 'name',
  label,
  value,
  hint: phrase(`最多 ${MAX_NAME_LENGTH} 个字符`, `At most ${MAX_NAME_LENGTH} characters`),
  maxLength: 5 * MAX_NAME_LENGTH,
});

/** The form of a command that a button runs at once. */
export const nothingToAsk: FormSpec['model'] = async () => ({ intro: [], steps: [], fields: [] });

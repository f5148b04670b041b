import type { Phrase } from '../../lib/phrase.ts';
import { askForSkill, needed, nothingToAsk, textIn } from './form.ts';
import type { FormSpec } from './formSpec.ts';

/** The form of a command that needs nothing but a skill: asked for when it is not known, else nothing is asked. */
export const knownSkillForm = (title: Phrase): FormSpec => ({
  title,
  model: (filled, context) =>
    textIn(filled, 'skill') === undefined ? askForSkill(filled, context) : nothingToAsk(filled, context),
  input: (filled) => ({ skill: needed(filled, 'skill', 'skill') }),
});

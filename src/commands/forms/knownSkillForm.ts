import type { Phrase } from '../../lib/phrase.ts';
import { UsageError } from '../errors.ts';
import { skillField, textIn } from './form.ts';
import type { FormSpec } from './formSpec.ts';

/** The form of a command that needs nothing but a skill: asked for when it is not known, else nothing is asked. */
export const knownSkillForm = (title: Phrase): FormSpec => ({
  title,
  async model(filled, context) {
    if (textIn(filled, 'skill') !== undefined) return { intro: [], steps: [], fields: [] };
    const skill = await skillField(filled, context);
    return skill.kind === 'choice'
      ? { intro: [], steps: [skill], fields: [] }
      : { intro: [], steps: [], fields: [skill] };
  },
  input: (filled) => {
    const skill = textIn(filled, 'skill');
    if (skill === undefined) throw new UsageError({ kind: 'missing', argument: 'skill' });
    return { skill };
  },
});

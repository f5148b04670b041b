import type { FormModel } from '../../cards/form.ts';
import type { Phrase } from '../../lib/phrase.ts';
import type { Context } from '../context.ts';

/** What has been filled in so far, by the names of the fields. */
export type Filled = Readonly<Record<string, unknown>>;

/** The form of a command: what there is to fill in, and what the command's input is then. */
export interface FormSpec {
  title: Phrase;
  /** The fields, given what is filled in already. None at all: nothing has to be asked. */
  model(filled: Filled, context: Context): Promise<Omit<FormModel, 'title' | 'writes'>>;
  /** Throws a UsageError when something is missing. */
  input(filled: Filled): Readonly<Record<string, unknown>>;
}

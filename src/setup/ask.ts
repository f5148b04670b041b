import type { Readable, Writable } from 'node:stream';
import { type CANCEL_SYMBOL, confirm, password, select, text } from '@clack/prompts';
import type { Language } from '../lib/phrase.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';

/** The person pressed Ctrl-C. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

export interface Question {
  message: Phrase;
  /** What an empty answer stands for. */
  initial?: string | undefined;
  /** What is wrong with an answer. */
  check(answer: string): Phrase | undefined;
}

export interface Choice<T extends string> {
  value: T;
  label: Phrase;
}

/** Somebody at a terminal who can be asked. Every question rejects with {@link Cancelled}. */
export interface Asker {
  text(question: Question): Promise<string>;
  /** Is not shown while it is typed. */
  secret(question: Question): Promise<string>;
  choose<T extends string>(message: Phrase, choices: readonly Choice<T>[], initial?: T): Promise<T>;
  confirm(message: Phrase, initial: boolean): Promise<boolean>;
}

/** Asks over these streams. */
export function createAsker(streams: { input: Readable; output: Writable }, language: Language): Asker {
  const answered = async <T extends string | boolean>(asked: Promise<T | typeof CANCEL_SYMBOL>): Promise<T> => {
    const answer = await asked;
    if (typeof answer === 'symbol') throw new Cancelled();
    return answer;
  };
  const checkedBy =
    ({ initial, check }: Question) =>
    (answer: string | undefined): string | undefined =>
      check(answer?.trim() || initial || '')?.[language];
  const orInitial = async ({ initial }: Question, asked: Promise<string | typeof CANCEL_SYMBOL>): Promise<string> =>
    ((await answered(asked)) ?? '').trim() || initial || '';

  return {
    text: (question) => {
      const { initial } = question;
      const shown = initial === undefined ? {} : { placeholder: initial };
      return orInitial(
        question,
        text({ ...streams, ...shown, message: question.message[language], validate: checkedBy(question) }),
      );
    },
    secret: (question) =>
      orInitial(question, password({ ...streams, message: question.message[language], validate: checkedBy(question) })),
    choose: async (message, choices, initial) => {
      const options = choices.map(({ value, label }) => ({ value: `${value}`, label: label[language] }));
      const start = initial === undefined ? {} : { initialValue: `${initial}` };
      const picked = await answered(
        select({ ...streams, ...start, message: message[language], options, showInstructions: false }),
      );
      const choice = choices.find(({ value }) => value === picked);
      if (!choice) throw new Cancelled();
      return choice.value;
    },
    confirm: (message, initialValue) => {
      const labels = { active: YES[language], inactive: NO[language] };
      return answered(confirm({ ...streams, ...labels, message: message[language], initialValue }));
    },
  };
}

const YES = phrase('是', 'Yes');
const NO = phrase('否', 'No');

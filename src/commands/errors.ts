import type { Refusal } from '../cards/refused.ts';
import type { UsageProblem } from '../cards/usage.ts';
import type { ValueChoice } from '../cards/valuePick.ts';
import type { OperandValue } from '../domain/operand.ts';
import type { SkillSummary } from '../domain/skill.ts';
import type { UnreadableSkill } from '../domain/unreadable.ts';

/** The command cannot be understood; nothing was read or changed. */
export class UsageError extends Error {
  readonly code = 'usage';
  readonly problem: UsageProblem;

  constructor(problem: UsageProblem) {
    super(`the command was not understood: ${problem.kind}`);
    this.name = 'UsageError';
    this.problem = problem;
  }
}

/** The command is clear, but cannot be carried out; nothing was changed. */
export class RefusedError extends Error {
  readonly code = 'refused';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`the command cannot be carried out: ${refusal.kind}`);
    this.name = 'RefusedError';
    this.refusal = refusal;
  }
}

/** Several values of this desk go by a name; the person has to pick one. `inputWith` is the input that says which. */
export class ValuePickNeeded extends Error {
  readonly code = 'value_pick_needed';
  readonly choice: ValueChoice;
  readonly inputWith: (value: OperandValue) => Readonly<Record<string, unknown>>;

  constructor(choice: ValueChoice, inputWith: ValuePickNeeded['inputWith']) {
    super('several values go by this name');
    this.name = 'ValuePickNeeded';
    this.choice = choice;
    this.inputWith = inputWith;
  }
}

/** Several skills fit; the person has to pick one, if not of those that cannot be read. */
export class PickNeeded extends Error {
  readonly code = 'pick_needed';
  readonly text: string;
  readonly candidates: SkillSummary[];
  readonly unreadable: UnreadableSkill[];

  constructor(text: string, candidates: SkillSummary[], unreadable: UnreadableSkill[]) {
    super('several skills fit');
    this.name = 'PickNeeded';
    this.text = text;
    this.candidates = candidates;
    this.unreadable = unreadable;
  }
}

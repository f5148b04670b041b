import type { Pointless } from '../skills/apply.ts';
import type { Agent, SkillSummary } from '../skills/skill.ts';

/** What is wrong with how a command was written. */
export type UsageProblem =
  | { kind: 'unknown-command'; text: string }
  | { kind: 'missing'; argument: 'skill' | 'agent' | 'name' | 'condition' | 'operator' | 'value' | 'change' }
  | { kind: 'surplus'; text: string }
  | { kind: 'everyone' }
  | { kind: 'not-an-agent'; text: string }
  | { kind: 'name-empty' }
  | { kind: 'name-too-long'; length: number }
  | { kind: 'name-control' }
  | { kind: 'bad-page'; text: string };

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

/** What a command could not find or do, once it was understood. */
export type Refusal =
  | { kind: 'skill-unknown'; text: string; nearest: SkillSummary[] }
  | { kind: 'agents-unknown'; emails: string[] }
  | { kind: 'pointless'; skillName: string; people: Agent[]; why: Pointless };

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

/** Several skills fit; the person has to pick one. */
export class PickNeeded extends Error {
  readonly code = 'pick_needed';
  readonly text: string;
  readonly candidates: SkillSummary[];

  constructor(text: string, candidates: SkillSummary[]) {
    super('several skills fit');
    this.name = 'PickNeeded';
    this.text = text;
    this.candidates = candidates;
  }
}

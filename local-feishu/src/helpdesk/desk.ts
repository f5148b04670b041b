import type { Changes } from '../state/changes.ts';
import type { Member } from '../state/directory.ts';

/** The documents show both a JSON string and an object; it is kept as it came. */
export type Operand = string | Record<string, unknown> | unknown[];

export interface Rule {
  id: string;
  selectedOperator: number;
  operatorOptions: number[];
  operand?: Operand;
}

export interface RuleOption {
  id: string;
  operatorOptions: number[];
  operand?: Operand;
  /** 1 knowledge base, 2 ticket, 3 profile of the person. */
  category: number;
  displayName: string;
}

export interface Skill {
  id: string;
  name: string;
  isDefault: boolean;
  rules: Rule[];
  agentIds: string[];
}

/** 1 online, 2 offline by hand, 3 off duty. */
export type AgentStatus = 1 | 2 | 3;

export interface WorkingHours {
  startTime: string;
  endTime: string;
  /** 1 to 7 from Monday on, 9 every day, 10 weekdays, 11 weekend. */
  weekday: number;
}

/** An agent of the desk. Default: online, every day, round the clock. */
export interface DeskAgent extends Member {
  department?: string;
  status?: AgentStatus;
  hours?: readonly WorkingHours[];
}

export interface DeskSeed {
  name: string;
  /** Open ids of those who may write. */
  managers: readonly string[];
  agents: readonly DeskAgent[];
  rules: readonly RuleOption[];
  skills: readonly Skill[];
}

/** The helpdesk: skills in their order, rule options, agents, and who may write. */
export class Desk {
  readonly name: string;
  readonly agents: DeskAgent[];
  readonly rules: RuleOption[];
  /** Open ids of owner and admins. */
  readonly managers: Set<string>;
  readonly #skills: Map<string, Skill>;
  readonly #changes: Changes;

  constructor(seed: DeskSeed, changes: Changes) {
    const own = structuredClone(seed);
    this.name = own.name;
    this.agents = [...own.agents];
    this.rules = [...own.rules];
    this.managers = new Set(own.managers);
    this.#skills = new Map(own.skills.map((skill) => [skill.id, skill]));
    this.#changes = changes;
  }

  /** A copy of one skill. */
  skill(id: string): Skill | undefined {
    return structuredClone(this.#skills.get(id));
  }

  /** Copies of all skills, in the order of the desk. */
  skills(): Skill[] {
    return structuredClone([...this.#skills.values()]);
  }

  /** A foreign edit: `change` may alter the skill in place. Throws for an unknown id. */
  edit(id: string, change: (skill: Skill) => void): void {
    const skill = this.#skills.get(id);
    if (!skill) throw new Error(`the desk has no skill ${id}`);
    change(skill);
    this.#changes.emit();
  }

  add(skill: Skill): void {
    this.#skills.set(skill.id, structuredClone(skill));
    this.#changes.emit();
  }

  /** False when there was none. */
  remove(id: string): boolean {
    const removed = this.#skills.delete(id);
    this.#changes.emit();
    return removed;
  }
}

import { applyIntent, type Pointless } from '../domain/apply.ts';
import type { Change } from '../domain/change.ts';
import { ChangeId, type ChatId, type MessageId, type OpenId, type SkillId } from '../domain/ids.ts';
import type { EditIntent, Intent } from '../domain/intent.ts';
import type { Remark } from '../domain/remark.ts';
import { type Agent, contentOf, type Skill, type SkillContent } from '../domain/skill.ts';
import type { Clock } from '../lib/clock.ts';
import { type Random, timeOrderedId } from '../lib/random.ts';
import type { Store } from '../store/store.ts';

/** Who asked for a change, where, and with which request: the same request makes one change only. */
export interface Asked {
  requestKey: string;
  actorId: OpenId;
  chatId: ChatId;
  sourceMessageId: MessageId;
  /** Names of people that are known from the request. */
  people: readonly Agent[];
}

export interface PlanParts {
  store: Store;
  clock: Clock;
  random: Random;
  /** How long a preview can be confirmed. */
  changeTtlMs: number;
}

export interface PlannedChange {
  kind: 'planned';
  change: Change;
}

export type Planned = PlannedChange | { kind: 'pointless'; why: Pointless };

/** What a preview says besides what it changes, and which change it takes back. */
export interface PlanOptions {
  remarks?: readonly Remark[];
  undoOf?: ChangeId | undefined;
}

/** Makes previews: stored changes that wait for their Confirm. */
export interface Planner {
  /** An edit of a skill that was just read. */
  edit(asked: Asked, intent: EditIntent, skill: Skill, options?: PlanOptions): Promise<Planned>;
  create(asked: Asked, intent: Intent & { kind: 'create' }, options?: PlanOptions): Promise<PlannedChange>;
  delete(asked: Asked, skill: Skill, options?: PlanOptions): Promise<PlannedChange>;
}

export function createPlanner(parts: PlanParts): Planner {
  const store = async (asked: Asked, plan: Plan): Promise<PlannedChange> => ({
    kind: 'planned',
    change: await storePlan(parts, asked, plan),
  });

  return {
    async edit(asked, intent, skill, { remarks = [], undoOf } = {}) {
      const applied = applyIntent(intent, skill);
      if (!applied.ok) return { kind: 'pointless', why: applied.why };
      return store(asked, {
        intent,
        skillId: skill.id,
        skillName: skill.name,
        base: contentOf(skill),
        target: applied.target,
        people: skill.agents,
        remarks: [...remarks, ...applied.remarks],
        undoOf,
      });
    },
    create(asked, intent, { remarks = [], undoOf } = {}) {
      const { content } = intent;
      const nobody: Remark[] = content.agentIds.length === 0 ? [{ kind: 'nobody-left' }] : [];
      return store(asked, {
        intent,
        skillId: undefined,
        skillName: content.name,
        base: undefined,
        target: content,
        people: [],
        remarks: [...remarks, ...nobody],
        undoOf,
      });
    },
    delete(asked, skill, { remarks = [], undoOf } = {}) {
      return store(asked, {
        intent: { kind: 'delete' },
        skillId: skill.id,
        skillName: skill.name,
        base: contentOf(skill),
        target: undefined,
        people: skill.agents,
        remarks: [...remarks],
        undoOf,
      });
    },
  };
}

interface Plan {
  intent: Intent;
  skillId: SkillId | undefined;
  skillName: string;
  base: SkillContent | undefined;
  target: SkillContent | undefined;
  people: readonly Agent[];
  remarks: Remark[];
  undoOf: ChangeId | undefined;
}

function storePlan({ store, clock, random, changeTtlMs }: PlanParts, asked: Asked, plan: Plan): Promise<Change> {
  const now = clock.now();
  const { requestKey, people, ...who } = asked;
  return store.changes.insert({
    ...plan,
    ...who,
    id: ChangeId.parse(timeOrderedId(random, now)),
    requestKey,
    people: onlyNamed([...people, ...plan.people]),
    createdAt: now,
    expiresAt: now + changeTtlMs,
  });
}

/** One entry per person, the first name wins. */
function onlyNamed(people: readonly Agent[]): Agent[] {
  const names = new Map<OpenId, Agent>();
  for (const person of people) if (person.name !== '' && !names.has(person.id)) names.set(person.id, person);
  return [...names.values()];
}

import { SkillId } from '../../src/domain/ids.ts';
import { contentOf, type Skill, type SkillContent } from '../../src/domain/skill.ts';
import type { UnreadableSkill } from '../../src/domain/unreadable.ts';
import type { ListedAgents } from '../../src/feishu/agentRows.ts';
import type { Sender } from '../../src/feishu/client.ts';
import { FeishuError } from '../../src/feishu/errors.ts';
import type { Helpdesk, SkillPatch } from '../../src/feishu/helpdesk.ts';

/** What goes wrong with the next write, or with the read after it. */
export type Fault =
  | 'none'
  | 'refused'
  | 'not-admin'
  | 'rate-limited'
  /** The limit is said to be over at once. */
  | 'limited-at-once'
  | 'user-token'
  | 'lost-before'
  | 'lost-after'
  | 'read-back-lost'
  /** Answered with an error of Feishu's; takes effect when {@link MemoryDesk.land} is called. */
  | 'late';

export interface PatchSeen {
  patch: SkillPatch;
  /** The skill right before and right after it, without what others did next. */
  before: SkillContent;
  after: SkillContent;
}

/** A call that is kept waiting. */
export interface Held {
  /** Resolves when the call has come. */
  reached: Promise<void>;
  /** Lets it go on. */
  open(): void;
}

/** A helpdesk in memory, in which others can edit at any moment. */
export class MemoryDesk implements Helpdesk {
  readonly id: string;
  readonly patches: PatchSeen[] = [];
  readonly sent = { create: 0, delete: 0 };
  /** What a PATCH does to the fields it leaves out. */
  whenAbsent: 'keep' | 'clear' = 'keep';
  #skills = new Map<SkillId, SkillContent>();
  readonly #odd = new Set<SkillId>();
  readonly #faults: Fault[] = [];
  readonly #late: (() => unknown)[] = [];
  #readFails = false;
  #afterWrite: () => void = () => undefined;
  #count = 0;
  readonly #holds: Record<'read' | 'connection' | 'write', (() => Promise<void>)[]> = {
    read: [],
    connection: [],
    write: [],
  };

  constructor(id: string) {
    this.id = id;
  }

  /** Adds a skill and gives its id. */
  add(content: SkillContent): SkillId {
    this.#count += 1;
    const id = SkillId.parse(`${this.id}-${this.#count}`);
    this.#skills.set(id, structuredClone(content));
    return id;
  }

  content(id: SkillId): SkillContent {
    const content = this.#skills.get(id);
    if (!content) throw new Error(`there is no skill ${id}`);
    return structuredClone(content);
  }

  has(id: SkillId): boolean {
    return this.#skills.has(id);
  }

  named(name: string): SkillId[] {
    return [...this.#skills].flatMap(([id, skill]) => (skill.name === name ? [id] : []));
  }

  /** A foreign edit. */
  edit(id: SkillId, change: (content: SkillContent) => SkillContent): void {
    this.#skills.set(id, structuredClone(change(this.content(id))));
  }

  remove(id: SkillId): void {
    this.#skills.delete(id);
  }

  /** From now on the rules of this skill cannot be read, or can be again. */
  spoil(id: SkillId, isOdd = true): void {
    if (isOdd) this.#odd.add(id);
    else this.#odd.delete(id);
  }

  /** Arms a fault for the next write, and what others do right after that write. */
  arm(fault: Fault, afterWrite: () => void = () => undefined): void {
    this.#faults.splice(0, Number.POSITIVE_INFINITY, fault);
    this.#afterWrite = afterWrite;
    this.#readFails = false;
  }

  /** Arms faults for the next writes, one after another. */
  armAll(...faults: Fault[]): void {
    this.arm('none');
    this.#faults.splice(0, 1, ...faults);
  }

  /** Lets the writes take effect that are late by now. */
  land(): void {
    for (const effect of this.#late.splice(0)) {
      try {
        effect();
      } catch (error) {
        // Nobody hears of that any more.
        if (!(error instanceof FeishuError)) throw error;
      }
    }
  }

  /**
   * Keeps a call waiting before it has any effect: the next one that nothing holds yet. At `connection` a write has not
   * been sent yet.
   */
  hold(call: 'read' | 'connection' | 'write'): Held {
    const [arrival, departure] = [signal(), signal()];
    this.#holds[call].push(() => {
      arrival.give();
      return departure.given;
    });
    return { reached: arrival.given, open: departure.give };
  }

  async getSkill(id: SkillId): Promise<Skill> {
    await this.#holds.read.shift()?.();
    if (this.#readFails) {
      this.#readFails = false;
      throw new FeishuError('no-answer', 'the read was not answered');
    }
    if (!this.#skills.has(id)) throw notFound();
    if (this.#odd.has(id)) throw new FeishuError('unreadable', 'rules', { skill: this.#oddRow(id) });
    return { ...this.content(id), id, isDefault: false, agents: [] };
  }

  async listSkills() {
    const skills = [...this.#skills]
      .filter(([id]) => !this.#odd.has(id))
      .map(([id, { name, agentIds }]) => ({ id, name, agentIds, isDefault: false }));
    return { skills, unreadable: [...this.#odd].map((id) => this.#oddRow(id)) };
  }

  #oddRow(id: SkillId): UnreadableSkill {
    return { id, name: this.content(id).name, part: 'rules' };
  }

  async listRuleOptions() {
    return { options: [], unreadable: 0 };
  }

  async listAgents(): Promise<ListedAgents> {
    return this.agentEmails();
  }

  async agentEmails(): Promise<ListedAgents> {
    return { agents: new Map(), unreadable: 0 };
  }

  async patchSkill(sender: Sender, id: SkillId, patch: SkillPatch) {
    return this.#write(sender, () => {
      if (!this.#skills.has(id)) throw notFound();
      const before = this.content(id);
      const kept = this.whenAbsent === 'keep' ? before : { name: '', rules: [], agentIds: [] };
      const after = contentOf({ ...kept, ...patch });
      this.#skills.set(id, structuredClone(after));
      this.patches.push({ patch, before, after });
      return { logId: 'log' };
    });
  }

  async createSkill(sender: Sender, content: SkillContent) {
    this.sent.create += 1;
    return this.#write(sender, () => ({ id: this.add(content), logId: 'log' }));
  }

  async deleteSkill(sender: Sender, id: SkillId) {
    this.sent.delete += 1;
    return this.#write(sender, () => {
      if (!this.#skills.delete(id)) throw notFound();
      return { logId: 'log' };
    });
  }

  /** Lets a write take effect or not, as the fault wants it; others act right after it. */
  async #write<T>(sender: Sender, effect: () => T): Promise<T> {
    await this.#holds.connection.shift()?.();
    if (!sender.maySend()) throw new FeishuError('not-sent', 'the write was no longer allowed');
    await this.#holds.write.shift()?.();
    const [fault = 'none', afterWrite] = [this.#faults.shift(), this.#afterWrite];
    this.#afterWrite = () => undefined;
    if (fault === 'not-admin') throw new FeishuError('no-access', 'no access', { code: 154003 });
    if (fault === 'user-token') throw new FeishuError('user-token', 'token refused', { code: 99991668 });
    if (fault === 'limited-at-once') {
      throw new FeishuError('rate-limited', 'too many', { code: 99991400, retryAfterMs: 0 });
    }
    if (fault === 'rate-limited') {
      afterWrite();
      throw new FeishuError('rate-limited', 'too many', { code: 99991400, retryAfterMs: 19_000 });
    }
    if (fault === 'late') {
      this.#late.push(effect);
      throw new FeishuError('unavailable', 'internal error', { code: 155000 });
    }
    if (fault === 'refused') throw new FeishuError('bad-request', 'Bad request', { code: 154000 });
    const result = fault === 'lost-before' ? undefined : effect();
    afterWrite();
    this.#readFails = fault === 'read-back-lost';
    if (result === undefined || fault === 'lost-after') throw new FeishuError('no-answer', 'no answer came');
    return result;
  }
}

const notFound = () => new FeishuError('not-found', 'Resource not found', { code: 154004 });

function signal(): { given: Promise<void>; give: () => void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

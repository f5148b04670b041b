import type { Sender } from '../../src/feishu/client.ts';
import { FeishuError } from '../../src/feishu/errors.ts';
import type { Helpdesk, ListedAgents, SkillPatch } from '../../src/feishu/helpdesk.ts';
import { SkillId } from '../../src/skills/ids.ts';
import { contentOf, type Skill, type SkillContent } from '../../src/skills/skill.ts';

/** What goes wrong with the next write, or with the read after it. */
export type Fault = 'none' | 'refused' | 'lost-before' | 'lost-after' | 'read-back-lost';

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
  #fault: Fault = 'none';
  #readFails = false;
  #afterWrite: () => void = () => undefined;
  #count = 0;
  readonly #holds: Record<'read' | 'write', (() => Promise<void>)[]> = { read: [], write: [] };

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

  /** Arms a fault for the next write, and what others do right after that write. */
  arm(fault: Fault, afterWrite: () => void = () => undefined): void {
    this.#fault = fault;
    this.#afterWrite = afterWrite;
    this.#readFails = false;
  }

  /** Keeps a call waiting before it has any effect: the next one that nothing holds yet. */
  hold(call: 'read' | 'write'): Held {
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
    if (!this.#skills.has(id)) throw new FeishuError('not-found', 'Resource not found');
    return { ...this.content(id), id, is_default: false, agents: [] };
  }

  async listSkills() {
    const skills = [...this.#skills].map(([id, { name, agent_ids }]) => ({ id, name, agent_ids, is_default: false }));
    return { skills, unreadable: [] };
  }

  async listRuleOptions() {
    return { options: [], unreadable: 0 };
  }

  async agentEmails(): Promise<ListedAgents> {
    return { agents: new Map(), unreadable: 0 };
  }

  async patchSkill(_sender: Sender, id: SkillId, patch: SkillPatch) {
    return this.#write(() => {
      const before = this.content(id);
      const kept = this.whenAbsent === 'keep' ? before : { name: '', rules: [], agent_ids: [] };
      const after = contentOf({ ...kept, ...patch });
      this.#skills.set(id, structuredClone(after));
      this.patches.push({ patch, before, after });
      return { logId: 'log' };
    });
  }

  async createSkill(_sender: Sender, content: SkillContent) {
    this.sent.create += 1;
    return this.#write(() => ({ id: this.add(content), logId: 'log' }));
  }

  async deleteSkill(_sender: Sender, id: SkillId) {
    this.sent.delete += 1;
    return this.#write(() => {
      this.#skills.delete(id);
      return { logId: 'log' };
    });
  }

  /** Lets a write take effect or not, as the fault wants it; others act right after it. */
  async #write<T>(effect: () => T): Promise<T> {
    await this.#holds.write.shift()?.();
    const [fault, afterWrite] = [this.#fault, this.#afterWrite];
    this.arm('none');
    if (fault === 'refused') throw new FeishuError('bad-request', 'Bad request', { code: 154000 });
    const result = fault === 'lost-before' ? undefined : effect();
    afterWrite();
    this.#readFails = fault === 'read-back-lost';
    if (result === undefined || fault === 'lost-after') throw new FeishuError('no-answer', 'no answer came');
    return result;
  }
}

function signal(): { given: Promise<void>; give: () => void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

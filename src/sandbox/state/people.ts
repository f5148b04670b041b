import { AGENTS, agent, BOT, colleague, PEOPLE, TENANT_KEY } from '../seed.ts';
import type { ActorKey, Member, Person, PersonKey } from '../types.ts';

export const PERSON_KEYS: readonly PersonKey[] = ['owner', 'admin', 'employee'];

/** Everybody with an account in the tenant. */
export class Directory {
  readonly people: Record<PersonKey, Person> = structuredClone(PEOPLE);
  readonly bot: typeof BOT = { ...BOT };
  readonly colleagues: readonly Person[];
  /** Agents of the desk. */
  readonly agents: readonly Member[];
  readonly members: Member[];

  constructor({ colleagues = 0, agents = 0 }: { colleagues?: number; agents?: number } = {}) {
    this.colleagues = Array.from({ length: colleagues }, (_, at) => colleague(at + 1));
    this.agents = [...structuredClone(AGENTS), ...Array.from({ length: agents }, (_, at) => agent(at + 1))];
    const acting = this.actors();
    const known = new Set(acting.map((person) => person.openId));
    this.members = [...acting, ...this.agents.filter((member) => !known.has(member.openId))];
  }

  /** Throws for a colleague who is not here. */
  person(key: ActorKey): Person {
    const person = this.actors().find((actor) => actor.key === key);
    if (!person) throw new Error(`there is no ${key}`);
    return person;
  }

  byOpenId(openId: string): Member | undefined {
    return this.members.find((member) => member.openId === openId);
  }

  byUnionId(unionId: string): Member | undefined {
    return this.members.find((member) => member.unionId === unionId);
  }

  /** The company of somebody; the app's own for everybody who is not known. */
  tenantOf(openId: string): string {
    return this.byOpenId(openId)?.tenantKey ?? TENANT_KEY;
  }

  /** Case does not matter. */
  byEmail(email: string): Member | undefined {
    const wanted = email.toLowerCase();
    return this.members.find((member) => member.email.toLowerCase() === wanted);
  }

  /** One of those who can act. */
  actor(openId: string): Person | undefined {
    return this.actors().find((person) => person.openId === openId);
  }

  /** Everybody who can type, click and log in. */
  actors(): Person[] {
    return [...PERSON_KEYS.map((key) => this.people[key]), ...this.colleagues];
  }
}

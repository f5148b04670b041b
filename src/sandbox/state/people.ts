import { AGENTS, BOT, PEOPLE, TENANT_KEY } from '../seed.ts';
import type { Member, Person, PersonKey } from '../types.ts';

export const PERSON_KEYS: readonly PersonKey[] = ['owner', 'admin', 'employee'];

/** Everybody with an account in the tenant. */
export class Directory {
  readonly people: Record<PersonKey, Person> = structuredClone(PEOPLE);
  readonly bot: typeof BOT = { ...BOT };
  readonly members: Member[];

  constructor() {
    const acting = PERSON_KEYS.map((key) => this.people[key]);
    const known = new Set(acting.map((person) => person.openId));
    this.members = [...acting, ...structuredClone(AGENTS).filter((agent) => !known.has(agent.openId))];
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

  /** One of the three who can act. */
  actor(openId: string): Person | undefined {
    return PERSON_KEYS.map((key) => this.people[key]).find((person) => person.openId === openId);
  }
}

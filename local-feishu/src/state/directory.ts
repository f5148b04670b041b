import { createHash } from 'node:crypto';

/** Somebody with an account. */
export interface Member {
  openId: string;
  unionId: string;
  name: string;
  enName: string;
  email: string;
  /** Of another company than the app's own. */
  tenantKey?: string;
}

/** One of the people who type and click. */
export interface Person<Key extends string = string> extends Member {
  key: Key;
}

/** A person to be made; what is not given follows from the key. */
export interface PersonSeed extends Partial<Member> {
  name: string;
}

/** The bot, as people see it. */
export interface Bot {
  openId: string;
  unionId: string;
  name: string;
}

/** The people of these seeds, by key. */
export const createPeople = <Key extends string>(seeds: Readonly<Record<Key, PersonSeed>>): Person<Key>[] =>
  keysOf(seeds).map((key) => {
    const digits = createHash('sha256').update(key).digest('hex').slice(0, 32);
    const made = { openId: `ou_${digits}`, unionId: `on_${digits}`, email: `${key}@example.com` };
    return { ...made, enName: seeds[key].name, ...seeds[key], key };
  });

/** `Object.keys` forgets of what type they are. */
function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[];
function keysOf(record: object): string[] {
  return Object.keys(record);
}

export interface DirectoryParts {
  people: readonly Person[];
  /** People who are only talked about. */
  members: readonly Member[];
  bot: Bot;
  tenantKey: string;
}

/** Everybody with an account in the tenant. */
export class Directory {
  /** Everybody who can type, click and log in, by key. */
  readonly people: Readonly<Record<string, Person>>;
  readonly bot: Bot;
  readonly members: Member[];
  readonly #tenantKey: string;

  constructor({ people, members, bot, tenantKey }: DirectoryParts) {
    const own = structuredClone(people);
    this.people = Object.fromEntries(own.map((person) => [person.key, person]));
    this.bot = { ...bot };
    this.members = [...own];
    this.#tenantKey = tenantKey;
    this.add(members);
  }

  /** More people who are only talked about. Who is here already stays as they are. */
  add(members: readonly Member[]): void {
    for (const member of members) if (!this.byOpenId(member.openId)) this.members.push(structuredClone(member));
  }

  /** Throws for somebody who is not here. */
  person(key: string): Person {
    const person = Object.hasOwn(this.people, key) ? this.people[key] : undefined;
    if (!person) throw new Error(`there is no ${key}: as is one of ${Object.keys(this.people).join(', ')}`);
    return person;
  }

  /** Who made the app and the groups: `owner`, else the first. */
  get owner(): Person {
    const owner = this.people.owner ?? this.actors()[0];
    if (!owner) throw new Error('there has to be somebody: `people` is empty');
    return owner;
  }

  byOpenId(openId: string): Member | undefined {
    return this.members.find((member) => member.openId === openId);
  }

  byUnionId(unionId: string): Member | undefined {
    return this.members.find((member) => member.unionId === unionId);
  }

  /** The company of somebody; the app's own for everybody who is not known. */
  tenantOf(openId: string): string {
    return this.byOpenId(openId)?.tenantKey ?? this.#tenantKey;
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
    return Object.values(this.people);
  }
}

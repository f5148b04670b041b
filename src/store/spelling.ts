import { ExactNumber, isObject } from '../lib/json.ts';

/** Where the spelling of an object in a JSON column differs from that of the domain. What is not listed stays as it is. */
export interface Spelling {
  /** The stored names of fields, by those of the domain. */
  names?: Readonly<Record<string, string>>;
  /** The stored values of fields that name another field, by the values of the domain. */
  values?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The spelling of the objects in a field, alone or in a list. The field itself has one name everywhere. */
  inside?: Readonly<Record<string, Spelling>>;
}

/** Translates a value of one spelling into the other one. */
export type Translate = (value: unknown) => unknown;

/** From the domain's spelling into the stored one. */
export const intoStored = (spelling: Spelling): Translate => translating(spelling, (pairs) => pairs);

/** From either spelling into the domain's. */
export const fromStored = (spelling: Spelling): Translate =>
  translating(spelling, (pairs) => pairs.map(([domain, stored]) => [stored, domain]));

type Pairs = [from: string, to: string][];

/** A table is made once; `directed` says which way its pairs lead. */
function translating(spelling: Spelling, directed: (pairs: Pairs) => Pairs): Translate {
  const names = new Map(directed(Object.entries(spelling.names ?? {})));
  const fields = new Map<string, Translate>();
  for (const [name, values] of Object.entries(spelling.values ?? {})) {
    const words = new Map<unknown, string>(directed(Object.entries(values)));
    fields.set(name, (value) => words.get(value) ?? value);
  }
  for (const [name, inner] of Object.entries(spelling.inside ?? {})) fields.set(name, translating(inner, directed));

  const translate: Translate = (value) => {
    if (Array.isArray(value)) return value.map(translate);
    if (!isObject(value) || value instanceof ExactNumber) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [names.get(name) ?? name, fields.get(name)?.(field) ?? field]),
    );
  };
  return translate;
}

import { type Compilable, type CompiledQuery, type QueryResult, type RawBuilder, RawNode, sql } from 'kysely';
import type { Database } from './schema.ts';

/** Stands in a statement for a value that is given when it runs: one of all, or one of an item of a list. */
class Place {
  readonly name: PropertyKey;
  readonly item: number | undefined;

  constructor(name: PropertyKey, item?: number) {
    this.name = name;
    this.item = item;
  }
}

/** Names a value in a statement that is put together before there is one. */
export type Parameter<Values> = <Name extends keyof Values>(name: Name) => RawBuilder<Values[Name]>;

/**
 * A statement that is put together once, when it first runs, and from then on only given its values. For what somebody
 * waits for whenever they say or press something: after a pause, putting a statement together takes longer than SQLite
 * takes to run it.
 */
export function prepared<Values extends object, Result>(
  db: Database,
  build: (parameter: Parameter<Values>) => Compilable<Result>,
): (values: Values) => Promise<QueryResult<Result>> {
  const run = preparedForEach<Values, never, Result>(db, (parameter) => build(parameter));
  return (values) => run(values, []);
}

/** The same with a list of `items`, once for every length that it has. */
export function preparedForEach<Values extends object, Item extends object, Result>(
  db: Database,
  build: (parameter: Parameter<Values>, each: readonly Parameter<Item>[]) => Compilable<Result>,
): (values: Values, items: readonly Item[]) => Promise<QueryResult<Result>> {
  const statements = new Map<number, CompiledQuery<Result>>();

  const put = (length: number): CompiledQuery<Result> => {
    const each = Array.from({ length }, (_, item) => placesOf<Item>(item));
    const compiled = build(placesOf<Values>(), each).compile();
    // Without the tree that it was put together from, which is large.
    const statement = { ...compiled, query: RawNode.createWithSql(compiled.sql) };
    statements.set(length, statement);
    return statement;
  };

  return (values, items) => {
    const statement = statements.get(items.length) ?? put(items.length);
    const parameters = statement.parameters.map((parameter) => {
      if (!(parameter instanceof Place)) return parameter;
      const { item, name } = parameter;
      const source = item === undefined ? values : items[item];
      if (!source) throw new RangeError(`there is no item ${item}`);
      return Reflect.get(source, name);
    });
    return db.executeQuery({ ...statement, parameters });
  };
}

const placesOf =
  <Values>(item?: number): Parameter<Values> =>
  (name) =>
    sql`${sql.val(new Place(name, item))}`;

/** Counts things by the groups that each belongs to. */
export interface Tally {
  add(groups: readonly string[]): void;
  /** Of something that was added with the same groups. */
  remove(groups: readonly string[]): void;
  /** How many there are of a group. */
  count(group: string): number;
  /** How many there are. */
  total(): number;
  /** The groups of which there are any. */
  groups(): Iterable<string>;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  let total = 0;
  const change = (groups: readonly string[], by: 1 | -1): void => {
    total += by;
    for (const group of groups) {
      const count = (counts.get(group) ?? 0) + by;
      if (count === 0) counts.delete(group);
      else counts.set(group, count);
    }
  };
  return {
    add: (groups) => change(groups, 1),
    remove: (groups) => change(groups, -1),
    count: (group) => counts.get(group) ?? 0,
    total: () => total,
    groups: () => counts.keys(),
  };
}

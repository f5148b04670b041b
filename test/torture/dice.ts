/** Choices that come out the same for the same seed. */
export interface Dice {
  /** From 0 up to and without 1. */
  roll(): number;
  /** Whole, both ends included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  /** Throws when there is nothing to choose from. */
  oneOf<T>(choices: readonly T[]): T;
  /** One of several, each as often as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T;
  /** Dice of their own for one part of the run. */
  fork(name: string): Dice;
}

/** Mulberry32 over a hash of the seed's text. */
export function createDice(seed: string): Dice {
  let state = hash(seed);
  const roll = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const oneOf = <T>(choices: readonly T[]): T => {
    const [choice] = choices.slice(Math.floor(roll() * choices.length));
    if (choice === undefined) throw new Error('there is nothing to choose from');
    return choice;
  };
  return {
    roll,
    between: (least, most) => least + Math.floor(roll() * (most - least + 1)),
    chance: (probability) => roll() < probability,
    oneOf,
    weighted(choices) {
      let left = roll() * choices.reduce((sum, [weight]) => sum + weight, 0);
      const found = choices.find(([weight]) => {
        left -= weight;
        return left < 0;
      });
      return (found ?? oneOf(choices))[1];
    },
    fork: (name) => createDice(`${seed}/${name}`),
  };
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

/** Seeded random numbers: the same seed throws the same dice. */
export interface Dice {
  /** In [0, 1). */
  fraction(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  chance(probability: number): boolean;
  /** One of them; each as often as its weight says. */
  pick<T extends { readonly weight: number }>(among: readonly T[]): T;
  /** Dice of their own for a part of the run, so that what one part throws moves nothing in another. */
  fork(name: string): Dice;
}

/** Makes dice from a seed of 32 bits. */
export function diceOf(seed: number): Dice {
  const fraction = mulberry(seed);
  return {
    fraction,
    whole: (least, most) => least + Math.floor(fraction() * (most - least + 1)),
    chance: (probability) => fraction() < probability,
    pick: (among) => {
      let left = fraction() * among.reduce((sum, { weight }) => sum + weight, 0);
      const found = among.find(({ weight }) => {
        left -= weight;
        return left < 0;
      });
      const chosen = found ?? among.at(-1);
      if (chosen === undefined) throw new RangeError("there is nothing to pick from");
      return chosen;
    },
    fork: (name) =>
      diceOf([...name].reduce((sum, char) => Math.imul(sum ^ char.charCodeAt(0), 16_777_619), seed)),
  };
}

/** Mulberry32 (Tommy Ettinger, public domain): small, and good enough for moments and choices. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

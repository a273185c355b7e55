import type { Milliseconds } from "../../../src/model/index.ts";

/** How many unfinished messages are remembered; the oldest is forgotten first. */
const LIMIT = 2_000;

interface Generation {
  readonly number: number;
  /** Which part came, by index: its fingerprint. */
  readonly parts: Map<number, string>;
  touched: Milliseconds;
}

/**
 * Tells messages apart that use the same reference while the first is unfinished: references have 8 bits, and a gateway
 * begins again at 0 when it restarts. A part that is already there with other octets begins a new generation of the group;
 * later parts go to the newest one that lacks them. In memory only: a restart at that very moment is left out of account.
 */
export class Generations {
  readonly #groups = new Map<string, Generation[]>();
  readonly #lifetime: Milliseconds;

  constructor(lifetime: Milliseconds) {
    this.#lifetime = lifetime;
  }

  /** The generation that a part belongs to, 0 for the first. The same part again belongs where it was. */
  place(group: string, index: number, fingerprint: string, now: Milliseconds): number {
    const living = (this.#groups.get(group) ?? []).filter((one) => now - one.touched < this.#lifetime);
    const same = living.find((one) => one.parts.get(index) === fingerprint);
    const lacking = living.findLast((one) => !one.parts.has(index));
    const next = (living.at(-1)?.number ?? -1) + 1;
    const chosen = same ?? lacking ?? { number: next, parts: new Map(), touched: now };
    chosen.parts.set(index, fingerprint);
    chosen.touched = now;
    this.#groups.delete(group);
    this.#groups.set(group, living.includes(chosen) ? living : [...living, chosen]);
    this.#trim();
    return chosen.number;
  }

  /** A generation is complete. */
  finish(group: string, number: number): void {
    const rest = (this.#groups.get(group) ?? []).filter((one) => one.number !== number);
    if (rest.length === 0) this.#groups.delete(group);
    else this.#groups.set(group, rest);
  }

  #trim(): void {
    if (this.#groups.size <= LIMIT) return;
    const oldest = this.#groups.keys().next().value;
    if (oldest !== undefined) this.#groups.delete(oldest);
  }
}

import type { Clock, Milliseconds } from "../model/time.ts";

/**
 * Where work that changes several records stops between two pieces of it, so that a backup finds none half done. What comes in
 * meanwhile is accepted, and waits.
 */
export class Pause {
  #inside = 0;
  #held: Promise<void> | undefined;
  #empty: (() => void) | undefined;

  /** Does a piece of work; held, it waits before. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    while (this.#held !== undefined) await this.#held;
    this.#inside += 1;
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      if (this.#inside === 0) this.#empty?.();
    }
  }

  /**
   * Does something while nothing else is done here. What is under way is waited for, at most for `patience`: what waits for a
   * network isn't stopped. `work` hears whether all had come to rest. One at a time.
   */
  async hold<T>(clock: Clock, patience: Milliseconds, work: (isStill: boolean) => Promise<T>): Promise<T> {
    while (this.#held !== undefined) await this.#held;
    let release: () => void = () => undefined;
    this.#held = new Promise((resolve) => {
      release = () => {
        this.#held = undefined;
        resolve();
      };
    });
    try {
      return await work(await this.#comesToRest(clock, patience));
    } finally {
      release();
    }
  }

  async #comesToRest(clock: Clock, patience: Milliseconds): Promise<boolean> {
    if (this.#inside === 0) return true;
    const over = new AbortController();
    const still = new Promise<boolean>((resolve) => {
      this.#empty = () => resolve(true);
    });
    const late = clock.sleep(patience, over.signal).then(
      () => false,
      () => false,
    );
    const isStill = await Promise.race([still, late]);
    over.abort();
    this.#empty = undefined;
    return isStill;
  }
}

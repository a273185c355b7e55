import { type Clock, type Milliseconds, type Random, SECOND } from "footbridge/adapter";

const FIRST: Milliseconds = 200;
const LONGEST: Milliseconds = 30 * SECOND;

/** Pauses between tries: each twice as long as the one before, at random between half of that and all of it. */
export class Backoff {
  readonly #clock: Clock;
  readonly #random: Random;
  #tries = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** How many pauses there were since the last success. */
  get tries(): number {
    return this.#tries;
  }

  /** It worked: begin with a short pause next time. */
  reset(): void {
    this.#tries = 0;
  }

  /** Waits; ends at once when the signal is aborted. Never throws. */
  async pause(signal: AbortSignal): Promise<void> {
    const full = Math.min(LONGEST, FIRST * 2 ** Math.min(this.#tries, 20));
    this.#tries += 1;
    await this.#clock.sleep(full * (0.5 + this.#random.fraction() / 2), signal).catch(() => undefined);
  }
}

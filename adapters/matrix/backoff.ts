import { type Clock, type Milliseconds, type Random, SECOND } from "../../src/model/index.ts";

/** The first pause, and the longest: one request in 5 s doesn't hurt a homeserver that comes up again. */
const FIRST: Milliseconds = 200;
const LONGEST: Milliseconds = 5 * SECOND;

/** Pauses between tries: each about twice as long as the one before, with jitter. */
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

  /** Waits, at least `atLeast` ms; ends at once when the signal is aborted. */
  async pause(signal: AbortSignal, atLeast: Milliseconds = 0): Promise<void> {
    const full = Math.min(LONGEST, FIRST * 2 ** Math.min(this.#tries, 10));
    this.#tries += 1;
    await quietSleep(this.#clock, Math.max(atLeast, full * (0.5 + this.#random.fraction() / 2)), signal);
  }
}

/** Waits, or until the signal is aborted, whichever comes first. */
export async function quietSleep(clock: Clock, ms: Milliseconds, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

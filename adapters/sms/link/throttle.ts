import { type Clock, MINUTE, type Milliseconds, type Random, SECOND } from "../../../src/model/index.ts";

/**
 * Heeds an SMSC that says "too fast" (0x58, 0x14): a pause that doubles while it goes on saying so, and a window that
 * halves and then grows again by one for each windowful that was taken.
 */
export class Throttle {
  readonly #window: number;
  readonly #clock: Clock;
  readonly #random: Random;
  #allowed: number;
  #pause: Milliseconds = 0;
  #until: Milliseconds = 0;

  constructor(window: number, clock: Clock, random: Random) {
    this.#window = window;
    this.#allowed = window;
    this.#clock = clock;
    this.#random = random;
  }

  /** How many requests may be under way now. */
  get allowed(): number {
    return Math.floor(this.#allowed);
  }

  /** How much of the pause is left. */
  get left(): Milliseconds {
    return Math.max(0, this.#until - this.#clock.monotonic());
  }

  /** The SMSC said it. Several answers of one burst count once. */
  tooFast(): void {
    if (this.left > 0) return;
    this.#pause = Math.min(MINUTE, Math.max(SECOND, this.#pause * 2));
    this.#until = this.#clock.monotonic() + this.#pause * (0.75 + this.#random.fraction() / 2);
    this.#allowed = Math.max(1, this.#allowed / 2);
  }

  /** The SMSC took a message. */
  taken(): void {
    if (this.left > 0) return;
    this.#pause = 0;
    this.#allowed = Math.min(this.#window, this.#allowed + 1 / this.#allowed);
  }
}

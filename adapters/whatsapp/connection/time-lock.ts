import { type Clock, DAY, HOUR, type Milliseconds, type Timestamp } from "../../../src/model/index.ts";

/** How long an account pauses that is restricted, where nobody says until when. */
const UNTOLD: Milliseconds = 6 * HOUR;
/** The longest: a refusal begins it again, and a timer can't wait for more than 24 days. */
const MOST: Milliseconds = 20 * DAY;

/** Whether WhatsApp keeps the account from writing now, and when that is over. */
export class TimeLock {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #until: Timestamp | undefined;
  #timer: AbortController | undefined;

  /** `changed` is called when it begins and when it is over. */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get isActive(): boolean {
    return this.#until !== undefined;
  }

  /** It begins, or lasts longer. */
  begin(until: Timestamp = this.#clock.now() + UNTOLD): void {
    this.#timer?.abort();
    const timer = new AbortController();
    this.#timer = timer;
    this.#until = until;
    this.#changed();
    const left = Math.min(MOST, Math.max(0, until - this.#clock.now()));
    this.#clock.sleep(left, timer.signal).then(
      () => this.end(),
      () => undefined, // it lasts longer, or the account stops
    );
  }

  /** It is over. */
  end(): void {
    if (this.#until === undefined) return;
    this.close();
    this.#until = undefined;
    this.#changed();
  }

  /** Ends what is timed. */
  close(): void {
    this.#timer?.abort();
  }
}

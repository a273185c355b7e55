import type { Clock, Milliseconds } from "../../model/time.ts";

interface Wait {
  readonly since: Milliseconds;
  /** When it is no longer believed in; for ever while calls wait. */
  readonly until: Milliseconds;
}

/** A wait that ended only since everything began anew is believed in for so long: whoever waited asks again before. */
const BELIEVED: Milliseconds = 15_000;

/**
 * Since when calls to slots of a cluster have waited, over all sessions of a connection: each session waits for a slot only so long,
 * and the next one waits for the same.
 */
export class SlotWaits {
  readonly #clock: Clock;
  readonly #waits = new Map<number, Wait>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For how long a call has waited, of the slot that is waited for longest. 0 while none is. */
  get longest(): Milliseconds {
    const now = this.#clock.monotonic();
    const spans = [...this.#waits.values()].map(({ since, until }) => (until > now ? now - since : 0));
    return Math.max(0, ...spans);
  }

  /** A call to a slot came back undone. */
  begin(slot: number): void {
    const now = this.#clock.monotonic();
    const before = this.#waits.get(slot);
    const since = before !== undefined && before.until > now ? before.since : now;
    this.#waits.set(slot, { since, until: Number.POSITIVE_INFINITY });
  }

  /** A call to it was done. */
  end(slot: number): void {
    this.#waits.delete(slot);
  }

  /** The session is over. */
  lose(): void {
    const until = this.#clock.monotonic() + BELIEVED;
    for (const [slot, wait] of this.#waits)
      this.#waits.set(slot, { since: wait.since, until: Math.min(wait.until, until) });
  }
}

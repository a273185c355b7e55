import type { AccountState } from "../adapter/account.ts";
import type { LegId } from "../model/ids.ts";
import type { Clock, Milliseconds, Timestamp } from "../model/time.ts";

/**
 * Says when an account may begin another operation: it is connected, isn't told to wait, and has a free place. Legs that have
 * to wait are called in the order in which they came.
 */
export class AccountGate {
  readonly #concurrency: number;
  readonly #clock: Clock;
  readonly #waiting = new Set<LegId>();
  #call: (leg: LegId) => void = () => {};
  #state: AccountState = { kind: "connecting" };
  #changedAt: Timestamp;
  /** On the monotonic clock. */
  #pausedUntil: Milliseconds = 0;
  #pause: AbortController | undefined;
  #busy = 0;

  constructor(concurrency: number, clock: Clock) {
    this.#concurrency = concurrency;
    this.#clock = clock;
    this.#changedAt = clock.now();
  }

  /** Whom to call when a waiting leg may go on. */
  onTurn(call: (leg: LegId) => void): void {
    this.#call = call;
  }

  get state(): AccountState {
    return this.#state;
  }

  /** Since when the account has been as it is. */
  get since(): Timestamp {
    return this.#changedAt;
  }

  get inFlight(): number {
    return this.#busy;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get open(): boolean {
    const { kind } = this.#state;
    return (kind === "connected" || kind === "degraded") && this.#clock.monotonic() >= this.#pausedUntil;
  }

  /** The account says where it stands. */
  report(state: AccountState): void {
    if (state.kind !== this.#state.kind) this.#changedAt = this.#clock.now();
    this.#state = state;
    this.#wake();
  }

  /** A place for one operation, if there is one now and nobody waits for it. Give it back with `release`. */
  tryEnter(): boolean {
    if (!this.open || this.#busy >= this.#concurrency || this.#waiting.size > 0) return false;
    this.#busy += 1;
    return true;
  }

  /** As `tryEnter` for a leg whose turn it is or who just came; else it is called when its turn comes. */
  enter(leg: LegId): boolean {
    const first = this.#waiting.size === 0 || this.#waiting.values().next().value === leg;
    if (this.open && this.#busy < this.#concurrency && first) {
      this.#waiting.delete(leg);
      this.#busy += 1;
      return true;
    }
    this.#waiting.add(leg);
    return false;
  }

  /** The operation is over. */
  release(): void {
    this.#busy -= 1;
    this.#wake();
  }

  /** A leg has gone: it waits no longer. If it was its turn, it is the next one's. */
  forget(leg: LegId): void {
    if (this.#waiting.delete(leg)) this.#wake();
  }

  /** Nothing begins for a while: the network asked for it, or is away. */
  pauseFor(span: Milliseconds): void {
    const until = this.#clock.monotonic() + span;
    if (until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    this.#pause?.abort();
    const pause = new AbortController();
    this.#pause = pause;
    this.#clock.sleep(span, pause.signal).then(
      () => {
        this.#pausedUntil = 0; // over by the timer, which may be a little early by the clock
        this.#wake();
      },
      () => undefined, // a longer pause took its place
    );
  }

  /** Ends what is timed. */
  close(): void {
    this.#pause?.abort();
    this.#waiting.clear();
  }

  #wake(): void {
    let free = this.#concurrency - this.#busy;
    if (!this.open) return;
    for (const leg of [...this.#waiting]) {
      if (free-- <= 0) return;
      this.#call(leg);
    }
  }
}

import type { Clock, Milliseconds } from "../../../src/model/index.ts";
import type { Session } from "../smpp/session.ts";
import type { Link } from "./link.ts";

/** A place in the window of a link that is bound; all parts of a message go by the same one. */
export interface Slot {
  readonly link: Link;
  readonly session: Session;
  /** Gives the place back. Once is enough, more does nothing. */
  release(): void;
}

/** What a request for a place gets: one, or why there is none for now. */
type Acquired =
  | { readonly kind: "slot"; readonly slot: Slot }
  | { readonly kind: "none" }
  | { readonly kind: "aborted" }
  /** Every link that can send has been told that we are too fast. */
  | { readonly kind: "throttled"; readonly after: Milliseconds };

interface Waiter {
  readonly settle: (acquired: Acquired) => void;
}

/** Shares out the windows of an account's links: the one with most room first, the longest waiting first. */
export class Pool {
  readonly #links: readonly Link[];
  readonly #clock: Clock;
  readonly #used = new Map<Session, number>();
  readonly #waiters = new Set<Waiter>();
  #open = true;

  constructor(links: readonly Link[], clock: Clock) {
    this.#links = links;
    this.#clock = clock;
  }

  /** Places in use. */
  get busy(): number {
    let sum = 0;
    for (const count of this.#used.values()) sum += count;
    return sum;
  }

  /** A place now, or as soon as one is free; never longer than until all links are down or throttled. */
  acquire(signal: AbortSignal): Promise<Acquired> {
    if (signal.aborted) return Promise.resolve({ kind: "aborted" });
    const now = this.#waiters.size === 0 ? this.#next() : undefined;
    if (now !== undefined) return Promise.resolve(now);
    return new Promise((resolve) => {
      const abort = () => waiter.settle({ kind: "aborted" });
      const waiter: Waiter = {
        settle: (acquired) => {
          signal.removeEventListener("abort", abort);
          this.#waiters.delete(waiter);
          resolve(acquired);
        },
      };
      signal.addEventListener("abort", abort);
      this.#waiters.add(waiter);
      this.pump();
    });
  }

  /** Serves those who wait, as far as it goes. Call it when a link came up or went down, or may be faster again. */
  pump(): void {
    for (const waiter of this.#waiters) {
      const acquired = this.#next();
      if (acquired === undefined) return;
      waiter.settle(acquired);
    }
  }

  /** Gives out nothing more. */
  close(): void {
    this.#open = false;
    this.pump();
  }

  /** Waits until no place is in use, at most `deadline` ms. */
  async idle(deadline: Milliseconds): Promise<void> {
    const until = this.#clock.monotonic() + deadline;
    while (this.busy > 0 && this.#clock.monotonic() < until) await this.#clock.sleep(10);
  }

  /** Undefined: wait for a place. */
  #next(): Acquired | undefined {
    if (!this.#open) return { kind: "none" };
    let best: { link: Link; session: Session; room: number } | undefined;
    let soonest: Milliseconds | undefined;
    let isThrottledOnly = true;
    for (const link of this.#links) {
      const session = link.sender;
      if (session === undefined) continue;
      const { left } = link.throttle;
      soonest = Math.min(soonest ?? left, left);
      if (left > 0) continue;
      isThrottledOnly = false;
      const room = link.throttle.allowed - (this.#used.get(session) ?? 0);
      if (room > (best?.room ?? 0)) best = { link, session, room };
    }
    if (soonest === undefined) return { kind: "none" };
    if (isThrottledOnly) return { kind: "throttled", after: soonest };
    return best === undefined ? undefined : { kind: "slot", slot: this.#take(best.link, best.session) };
  }

  #take(link: Link, session: Session): Slot {
    this.#used.set(session, (this.#used.get(session) ?? 0) + 1);
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#used.get(session) ?? 1) - 1;
      if (left === 0) this.#used.delete(session);
      else this.#used.set(session, left);
      this.pump();
    };
    return { link, session, release };
  }
}

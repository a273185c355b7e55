import type { Milliseconds } from "../../../src/model/index.ts";

/**
 * Follows which of our answers to deliver_sm the SMSC surely read: an answer is *confirmed* once a request of ours that
 * was written after it was itself answered, since a connection is read in order. Orders count arrivals from 1.
 */
export class Answers {
  #arrived = 0;
  /** All arrivals up to here are answered. */
  #answered = 0;
  #confirmed = 0;
  readonly #early = new Set<number>();
  /** Since when there has been an answer of which we don't know that it was read. */
  #unsureSince: Milliseconds | undefined;

  /** Counts an arrival and gives its order. */
  arrive(): number {
    this.#arrived += 1;
    return this.#arrived;
  }

  /** The answer to this arrival was queued for writing. */
  answer(order: number, now: Milliseconds): void {
    this.#early.add(order);
    while (this.#early.delete(this.#answered + 1)) this.#answered += 1;
    this.#unsureSince ??= now;
  }

  /** A request of ours that was written after all answers up to `order` was answered. */
  confirm(order: number, now: Milliseconds): void {
    this.#confirmed = Math.max(this.#confirmed, order);
    this.#unsureSince = this.#confirmed < this.#answered || this.#early.size > 0 ? now : undefined;
  }

  /** All arrivals up to this order were answered: what a request that is written now will confirm. */
  get answered(): number {
    return this.#answered;
  }

  get unanswered(): number {
    return this.#arrived - this.#answered - this.#early.size;
  }

  /** Everything up to this order was answered, and the answers were read. */
  get confirmed(): number {
    return this.#confirmed;
  }

  /** Whether every arrival was answered and the SMSC knows it. */
  get settled(): boolean {
    return this.#confirmed === this.#arrived;
  }

  /** True when an answer has been without proof for `patience` ms. */
  wantsProof(now: Milliseconds, patience: Milliseconds): boolean {
    return this.#unsureSince !== undefined && now - this.#unsureSince >= patience;
  }
}

import type { Milliseconds } from "../../../src/model/index.ts";
import type { BindCommand, Pdu } from "./pdu.ts";

/** What an ESME asks and waits for. */
export type RequestCommand = BindCommand | "submit_sm" | "enquire_link" | "unbind";

/**
 * What became of a request.
 * `unsent`: none of its octets left this process. `unanswered`: they may have been read and acted upon.
 */
export type Answer =
  | { readonly kind: "answered"; readonly pdu: Pdu }
  | { readonly kind: "unsent" }
  | { readonly kind: "unanswered"; readonly why: "timeout" | "closed" };

interface Waiting {
  readonly command: RequestCommand;
  readonly settle: (answer: Answer) => void;
  readonly deadline: Milliseconds;
  /** Answers of ours up to this order were written before this request. */
  readonly covers: number;
  handedOver: boolean;
}

/** The requests of a session that wait for their response. */
export class Pending {
  readonly #waiting = new Map<number, Waiting>();
  #unflushed: Waiting[] = [];
  #sequence = 0;

  get size(): number {
    return this.#waiting.size;
  }

  /** The next free sequence number, 1 to 0x7fffffff (3.2). */
  nextSequence(): number {
    do {
      this.#sequence = this.#sequence >= 0x7fffffff ? 1 : this.#sequence + 1;
    } while (this.#waiting.has(this.#sequence));
    return this.#sequence;
  }

  /** Waits for the response to `sequence` until `deadline` on the session's own clock. */
  wait(command: RequestCommand, sequence: number, deadline: Milliseconds, covers: number): Promise<Answer> {
    return new Promise((settle) => {
      const entry = { command, settle, deadline, covers, handedOver: false };
      this.#waiting.set(sequence, entry);
      this.#unflushed.push(entry);
    });
  }

  /** All requests so far were handed to the socket. */
  handedOver(): void {
    for (const entry of this.#unflushed) entry.handedOver = true;
    this.#unflushed = [];
  }

  /**
   * Settles the request that `pdu` answers.
   * @returns up to which order our own answers are known to be read, or undefined when nothing waits for this response.
   */
  answered(pdu: Pdu): number | undefined {
    const entry = this.#waiting.get(pdu.sequence);
    if (entry === undefined || !entry.handedOver) return undefined;
    if (pdu.command !== `${entry.command}_resp` && pdu.command !== "generic_nack") return undefined;
    this.#waiting.delete(pdu.sequence);
    entry.settle({ kind: "answered", pdu });
    return entry.covers;
  }

  /** Gives up what waits since before `now`; says how many. */
  expire(now: Milliseconds): number {
    let count = 0;
    for (const [sequence, entry] of this.#waiting) {
      if (entry.deadline > now) continue;
      this.#waiting.delete(sequence);
      entry.settle({ kind: "unanswered", why: "timeout" });
      count += 1;
    }
    return count;
  }

  /** The session is over. */
  close(): void {
    for (const entry of this.#waiting.values()) {
      entry.settle(entry.handedOver ? { kind: "unanswered", why: "closed" } : { kind: "unsent" });
    }
    this.#waiting.clear();
    this.#unflushed = [];
  }
}

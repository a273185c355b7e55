import type { WirePart } from "./smpp-proxy.ts";

interface Part {
  readonly token: string;
  readonly part: WirePart;
  /** The daemon has said that it is taken. */
  isTaken: boolean;
}

/**
 * What of the phones' texts the SMSC doesn't know to be taken. It says by sequence number what it read; each connection counts
 * anew, and not every part has a token: so an answer is one of those that the daemon gave, the newest of them.
 */
export class Unanswered {
  #parts: readonly Part[] = [];

  /** A part went by on its way to the daemon. */
  sent(token: string, part: WirePart): void {
    this.#parts = [...this.#parts, { token, part, isTaken: false }];
  }

  /** The daemon's word that it is taken went by. */
  taken(connection: number, sequence: number): void {
    const one = this.#parts.find(({ part }) => part.connection === connection && part.sequence === sequence);
    if (one !== undefined) one.isTaken = true;
  }

  /** The SMSC has read an answer: of which part, if it is of one of these. */
  answered(sequence: number): Pick<Part, "token" | "part"> | undefined {
    const one = this.#parts.findLast(({ isTaken, part }) => isTaken && part.sequence === sequence);
    this.#parts = this.#parts.filter((each) => each !== one);
    return one;
  }
}

import type { NetworkMessageRef } from "../../../src/adapter/index.ts";
import { Recent } from "../recent.ts";

/** How many texts are at hand, and how much of each. */
const AT_HAND = 5_000;
const LONGEST = 300;

/**
 * The words of messages that came of late, for quoting them: a quote repeats them. In memory alone; of an older message the quote
 * has no words, and still leads to it.
 */
export class Words {
  readonly #texts = new Recent<string, string>(AT_HAND);

  heard(ref: NetworkMessageRef, text: string): void {
    this.#texts.set(ref.expose(), text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  }

  of(ref: NetworkMessageRef): string | undefined {
    return this.#texts.get(ref.expose());
  }
}

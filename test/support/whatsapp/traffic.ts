import type { BinaryNode } from "baileys";
import { children } from "./nodes.ts";

/** A stanza that passed, as the server saw it: messages are ciphertext. */
interface Passed {
  /** `in`: from the client. */
  readonly direction: "in" | "out";
  /** The account's number; undefined before the login. */
  readonly number: string | undefined;
  readonly device: number | undefined;
  readonly stanza: BinaryNode;
}

type Watch = (passed: Passed) => void;

/** All that passed the server, to be waited for and searched. */
export class Traffic {
  readonly #kept: Passed[] = [];
  readonly #keep: boolean;
  readonly #watches = new Set<Watch>();

  /** @param keep whether what passed is kept; without that nothing of the past is found. */
  constructor(keep: boolean) {
    this.#keep = keep;
  }

  record(passed: Passed): void {
    if (this.#keep) this.#kept.push(passed);
    for (const watch of this.#watches) watch(passed);
  }

  /** Calls it with each stanza to come, until the function that comes back is called. */
  watch(watch: Watch): () => void {
    this.#watches.add(watch);
    return () => this.#watches.delete(watch);
  }

  /** What passed and fits. */
  all(fits: (passed: Passed) => boolean = () => true): readonly Passed[] {
    return this.#kept.filter(fits);
  }

  /** The first stanza that fits, of those that passed and those to come. */
  async waitFor(fits: (passed: Passed) => boolean, ms = 5_000): Promise<Passed> {
    const found = this.#kept.find(fits);
    if (found !== undefined) return found;
    const { promise, resolve, reject } = Promise.withResolvers<Passed>();
    const stop = this.watch((passed) => {
      if (fits(passed)) resolve(passed);
    });
    const timer = setTimeout(() => reject(new Error("no such stanza passed in time")), ms);
    return promise.finally(() => {
      stop();
      clearTimeout(timer);
    });
  }

  /** The stanzas that hold this text anywhere: in an attribute, or among the octets. */
  holding(text: string): readonly Passed[] {
    return this.#kept.filter(({ stanza }) => holds(stanza, Buffer.from(text)));
  }
}

function holds(stanza: BinaryNode, text: Buffer): boolean {
  const { content } = stanza;
  if (Object.values(stanza.attrs).some((value) => value.includes(text.toString()))) return true;
  if (content !== undefined && !Array.isArray(content)) return Buffer.from(content).includes(text);
  return children(stanza).some((part) => holds(part, text));
}

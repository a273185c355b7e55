import { createHash } from "node:crypto";
import type { SignalKeys } from "../auth/signal-keys.ts";

/** How many ciphertexts are remembered: more than can be under way on a connection that breaks. */
const REMEMBERED = 256;
/** 96 bits of a hash tell two ciphertexts apart. */
const OCTETS = 12;

/**
 * The last ciphertexts whose message is durable, stored with the session's step. After a crash before the receipt went out
 * the stanza comes again, and its key is used up: it is acknowledged without opening it, instead of asked for once more.
 */
export class Taken {
  readonly #hashes = new Map<string, number>();
  #last = 0;

  /** @throws what the keys throw. */
  static async load(keys: SignalKeys): Promise<Taken> {
    const taken = new Taken();
    const names = Array.from({ length: REMEMBERED }, (_, slot) => nameOf(slot));
    for (const text of (await keys.read(names)).values()) {
      const [number = "", hash = ""] = text.split(" ");
      taken.#hashes.set(hash, Number(number));
      taken.#last = Math.max(taken.#last, Number(number));
    }
    return taken;
  }

  has(ciphertext: Uint8Array): boolean {
    return this.#hashes.has(hashOf(ciphertext));
  }

  /** Remembers one, and gives what has to be stored for it. */
  add(ciphertext: Uint8Array): ReadonlyMap<string, string> {
    const number = ++this.#last;
    const hash = hashOf(ciphertext);
    this.#hashes.set(hash, number);
    for (const [old, when] of this.#hashes) {
      if (when <= number - REMEMBERED) this.#hashes.delete(old);
      if (this.#hashes.size <= REMEMBERED) break;
    }
    return new Map([[nameOf(number % REMEMBERED), `${number} ${hash}`]]);
  }

  /** Takes back what was added, since it couldn't be stored. */
  remove(ciphertext: Uint8Array): void {
    this.#hashes.delete(hashOf(ciphertext));
  }
}

function nameOf(slot: number): string {
  return `taken ${slot}`;
}

function hashOf(ciphertext: Uint8Array): string {
  return createHash("sha256").update(ciphertext).digest().subarray(0, OCTETS).toString("base64url");
}

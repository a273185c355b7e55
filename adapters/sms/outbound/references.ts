import { hash } from "node:crypto";
import type { AccountStorage } from "../../../src/adapter/index.ts";
import { type Random, sensitive } from "../../../src/model/index.ts";
import type { SmsPortal } from "../portal.ts";

const NAME = "references";
/** One counter for each 256th of the phones: small enough to be written whole, and it says nothing of whom we wrote to. */
const COUNTERS = 256;

/**
 * Hands out the concatenation references of long texts, 8 bits each. A phone joins parts by sender, reference and total, so
 * two texts from one number to one phone must not share a reference while parts of the first may be missing. They can't:
 * both take from the same counter (chosen by number and phone), each step of which is durable before its reference is used.
 * So a reference comes again after 255 other long texts of that counter at the earliest, over any restart.
 */
export class References {
  readonly #storage: AccountStorage;
  readonly #random: Random;
  #loading: Promise<Buffer> | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** A write that hasn't begun: it will hold every step that is taken until then. */
  #waiting: Promise<void> | undefined;

  constructor(storage: AccountStorage, random: Random) {
    this.#storage = storage;
    this.#random = random;
  }

  /** The next reference from a number to a phone, 0..255. @throws what the storage throws; nothing is handed out then. */
  async next({ number, to }: SmsPortal): Promise<number> {
    const counters = await this.#load();
    const at = hash("sha256", JSON.stringify([number, to]), "buffer").readUInt8(0) % COUNTERS;
    const reference = ((counters[at] ?? 0) + 1) & 0xff;
    counters[at] = reference;
    await this.#save(counters);
    return reference;
  }

  #load(): Promise<Buffer> {
    this.#loading ??= this.#read().catch((error: unknown) => {
      this.#loading = undefined; // the next text asks again
      throw error;
    });
    return this.#loading;
  }

  /** Where nothing is known, counting begins anywhere: phones may still have parts from before. */
  async #read(): Promise<Buffer> {
    const stored = Buffer.from((await this.#storage.get(NAME))?.expose() ?? "", "base64url");
    return stored.length === COUNTERS ? stored : Buffer.from(this.#random.bytes(COUNTERS));
  }

  /** One write at a time, each with what is current when it begins. */
  #save(counters: Buffer): Promise<void> {
    if (this.#waiting !== undefined) return this.#waiting;
    const write = async () => {
      this.#waiting = undefined;
      await this.#storage.set(NAME, sensitive(counters.toString("base64url")));
    };
    this.#waiting = this.#writing.then(write, write);
    this.#writing = this.#waiting;
    return this.#waiting;
  }
}

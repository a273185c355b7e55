import { createSecretKey } from "node:crypto";
import type { Clock, Random } from "../../src/model/time.ts";
import type { KeyDescriptor, KeyId, KeyStore, StoredKey } from "../../src/privacy/key-store.ts";

/** A key store for tests that need keys and no files: gone with the process. */
export class MemoryKeyStore implements KeyStore {
  readonly #keys = new Map<KeyId, StoredKey>();
  readonly #random: Random;
  readonly #clock: Clock;

  constructor(random: Random, clock: Clock) {
    this.#random = random;
    this.#clock = clock;
  }

  list(): readonly StoredKey[] {
    return [...this.#keys.values()];
  }

  create(descriptor: KeyDescriptor): Promise<StoredKey> {
    return this.adopt(descriptor, this.#random.bytes(32));
  }

  async adopt(descriptor: KeyDescriptor, octets: Buffer): Promise<StoredKey> {
    const id = this.#random.bytes(8).toString("hex") as KeyId; // eight random octets as hex, as the port says
    const key = createSecretKey(octets);
    const stored = { id, descriptor, key, createdAt: this.#clock.now() };
    this.#keys.set(id, stored);
    return stored;
  }

  async destroy(id: KeyId): Promise<void> {
    this.#keys.delete(id);
  }

  async close(): Promise<void> {}
}

import type { KeyObject } from "node:crypto";
import { assertNever } from "../model/assert-never.ts";
import type { KeyDescriptor, LookupName, StoredKey, TtlClass } from "./key-store.ts";
import type { SealKey } from "./sealer.ts";

/** A descriptor as one string: equal for equal descriptors. */
export function descriptorName(descriptor: KeyDescriptor): string {
  switch (descriptor.purpose) {
    case "bucket":
      return `bucket ${descriptor.bucket} ${descriptor.generation}`;
    case "epoch":
      return `epoch ${descriptor.class} ${descriptor.period}`;
    case "lookup":
      return `lookup ${descriptor.lookup} ${descriptor.generation}`;
    case "account":
      return `account ${descriptor.account}`;
    default:
      return assertNever(descriptor);
  }
}

/** The keys of a ring in memory, found by id and by what they are for. */
export class KeyIndex {
  /** By the id's octets as a latin1 string, the cheapest map key there is. */
  readonly #sealing = new Map<string, SealKey>();
  readonly #byName = new Map<string, StoredKey>();
  readonly #epochs: Record<TtlClass, Map<number, SealKey>> = {
    "24h": new Map(),
    "7d": new Map(),
    "30d": new Map(),
  };
  readonly #peppers: Record<LookupName, Map<number, KeyObject>> = {
    identity: new Map(),
    suppression: new Map(),
    event: new Map(),
    map: new Map(),
  };
  /** The newest generation of each bucket. */
  readonly #buckets = new Map<number, { readonly generation: number; readonly key: SealKey }>();
  /** Which bucket a key is or was of, by the id: also of one that is gone, since what it wrapped is known by it. */
  readonly #bucketOf = new Map<string, number>();

  add(stored: StoredKey): void {
    const { descriptor } = stored;
    const id = Buffer.from(stored.id, "hex");
    const key: SealKey = { id, key: stored.key };
    // A pepper is no sealing key, but its id is as random: one map for all.
    this.#sealing.set(id.toString("latin1"), key);
    this.#byName.set(descriptorName(descriptor), stored);
    if (descriptor.purpose === "epoch") this.#epochs[descriptor.class].set(descriptor.period, key);
    if (descriptor.purpose === "lookup")
      this.#peppers[descriptor.lookup].set(descriptor.generation, stored.key);
    if (descriptor.purpose === "bucket") {
      this.#bucketOf.set(id.toString("latin1"), descriptor.bucket);
      const newest = this.#buckets.get(descriptor.bucket);
      if (newest === undefined || newest.generation <= descriptor.generation) {
        this.#buckets.set(descriptor.bucket, { generation: descriptor.generation, key });
      }
    }
  }

  remove(stored: StoredKey): void {
    const { descriptor } = stored;
    this.#sealing.delete(Buffer.from(stored.id, "hex").toString("latin1"));
    this.#byName.delete(descriptorName(descriptor));
    if (descriptor.purpose === "epoch") this.#epochs[descriptor.class].delete(descriptor.period);
    if (descriptor.purpose === "lookup") this.#peppers[descriptor.lookup].delete(descriptor.generation);
    if (
      descriptor.purpose === "bucket" &&
      this.#buckets.get(descriptor.bucket)?.generation === descriptor.generation
    ) {
      this.#buckets.delete(descriptor.bucket);
    }
  }

  all(): readonly StoredKey[] {
    return [...this.#byName.values()];
  }

  byName(name: string): StoredKey | undefined {
    return this.#byName.get(name);
  }

  resolve(id: Buffer): SealKey | undefined {
    return this.#sealing.get(id.toString("latin1"));
  }

  epoch(ttl: TtlClass, period: number): SealKey | undefined {
    return this.#epochs[ttl].get(period);
  }

  bucket(bucket: number): SealKey | undefined {
    return this.#buckets.get(bucket)?.key;
  }

  /** The bucket that a key's id is or was of. */
  bucketOf(id: Buffer): number | undefined {
    return this.#bucketOf.get(id.toString("latin1"));
  }

  /** The newest generation of a bucket; 0 when it has none yet. */
  generationOf(bucket: number): number {
    return this.#buckets.get(bucket)?.generation ?? 0;
  }

  pepper(name: LookupName, generation: number): KeyObject | undefined {
    return this.#peppers[name].get(generation);
  }

  /** The generations of a pepper, newest first. */
  generations(name: LookupName): readonly number[] {
    return [...this.#peppers[name].keys()].sort((a, b) => b - a);
  }
}

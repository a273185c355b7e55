import type { KeyObject } from "node:crypto";
import type { AccountId, Brand } from "../model/ids.ts";
import type { Timestamp } from "../model/time.ts";

/** Eight random octets as 16 hex digits. */
export type KeyId = Brand<string, "KeyId">;

/** Which pepper a lookup uses: identities and handles; opt-outs and blocks; event ids for dedupe; the message map. */
export type LookupName = "identity" | "suppression" | "event" | "map";

/** How long an ephemeral record lives after the end of its key's period. */
export type TtlClass = "24h" | "7d" | "30d";

/** What a key is for (RECORDS.md, Keys). */
export type KeyDescriptor =
  | { readonly purpose: "bucket"; readonly bucket: number; readonly generation: number }
  | { readonly purpose: "epoch"; readonly class: TtlClass; readonly period: number }
  | { readonly purpose: "lookup"; readonly lookup: LookupName; readonly generation: number }
  | { readonly purpose: "account"; readonly account: AccountId };

export interface StoredKey {
  readonly id: KeyId;
  readonly descriptor: KeyDescriptor;
  /** 256 bits, never exported but by the store that wraps it. */
  readonly key: KeyObject;
  readonly createdAt: Timestamp;
}

/**
 * Where the data keys are: outside Redis, so that destroying one makes what Redis' files still hold unreadable.
 * Keys are random, never derived from another.
 */
export interface KeyStore {
  /** All keys that are there now. */
  list(): readonly StoredKey[];
  /** Makes a key; it is durable before this resolves. Two calls with one descriptor make two keys. */
  create(descriptor: KeyDescriptor): Promise<StoredKey>;
  /** Keeps a key that comes from a backup, under a new id; durable before this resolves. */
  adopt(descriptor: KeyDescriptor, octets: Buffer): Promise<StoredKey>;
  /** Makes a key unreadable for ever, durably. Done also when it is no longer there. */
  destroy(id: KeyId): Promise<void>;
  close(): Promise<void>;
}

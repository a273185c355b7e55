import { createSecretKey, type KeyObject } from "node:crypto";
import type { AccountId, ChatKey, NetworkName } from "../model/ids.ts";
import type { Clock, Milliseconds, Random, Timestamp } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import type { Logger } from "../observe/log.ts";
import { KeyNotReady } from "./errors.ts";
import { descriptorName, KeyIndex } from "./key-index.ts";
import type { KeyDescriptor, KeyStore, LookupName, StoredKey, TtlClass } from "./key-store.ts";
import { type LookupDomain, lookup, lookupName, lookupSecret } from "./lookups.ts";
import { epochPeriod, eventGeneration, expiryOf, mapGeneration, TTL_CLASSES } from "./periods.ts";
import { RecentNames } from "./recent-names.ts";
import type { SealKey } from "./sealer.ts";

/** How many bucket keys there are: a person's data key is wrapped by one of them. */
export const BUCKETS = 1_024;

const EVENT_OCTETS = 12;
/** As many as a key's id has. */
const MASK_OCTETS = 8;
const MAP_OCTETS = 10;
const KEY_ID_OCTETS = 8;
const CLASSES = Object.keys(TTL_CLASSES) as readonly TtlClass[]; // the table's own keys

/** What is found by a code that people type; `link-taker` is the event that used a link code. */
type CodeKind = "handle" | "link" | "link-taker";

/** An event id's lookup under one generation of the pepper. */
interface EventLookup {
  readonly generation: number;
  /** 12 octets. */
  readonly value: Buffer;
}

/** All data keys in use, at hand without waiting; see RECORDS.md, Keys. */
export interface Keyring {
  /** The key that seals records of a class at `at`. @throws KeyNotReady when `prepare()` hasn't made it. */
  epoch(ttl: TtlClass, at: Timestamp): SealKey;
  /** Makes what is needed now and in the next period. Call it at the start and every few minutes. */
  prepare(): Promise<void>;
  /** Any key by the id in a sealed record; undefined when it is gone. */
  resolve(id: Buffer): SealKey | undefined;
  /** The newest key of a bucket, 0 to 1,023; made at the first call. */
  bucketKey(bucket: number): Promise<SealKey>;
  /** Which bucket a key is or was of, by the id in what it wrapped. */
  bucketOf(id: Buffer): number | undefined;
  /** The newest key of the bucket that a key is or was of. */
  newestOf(id: Buffer): SealKey | undefined;
  /** Makes a new key for a bucket; those before it are retired from then on. */
  renewBucket(bucket: number): Promise<void>;
  /** Bucket keys in whose place there is a newer one, with since when. */
  retired(): readonly RetiredKey[];
  /** Destroys a retired key: what it wrapped and nobody wrapped anew can't be read any more. */
  destroyRetired(key: RetiredKey): Promise<void>;
  /** The key of an account's sessions; made at the first call. */
  accountKey(account: AccountId): Promise<SealKey>;
  /** Destroys an account's key, at log-out. */
  dropAccountKey(account: AccountId): Promise<void>;
  /** The peppers that never end by themselves: without them nobody is found, so that a backup has them. */
  lastingPeppers(): readonly StoredKey[];
  /** What keys there are. */
  kept(): readonly Pick<StoredKey, "descriptor" | "createdAt">[];
  /** Keys whose time is over at `now`. */
  expired(now: Timestamp): readonly StoredKey[];
  /** Destroys them and says how many. Ask the clock guard first. */
  destroyExpired(now: Timestamp): Promise<number>;
  /** Destroys the map's pepper of a month, with the last entry under it. */
  dropMapGeneration(generation: number): Promise<void>;

  /** Finds an identity by its address: 22 characters. */
  identity(network: NetworkName, canonicalAddress: string): string;
  /** Finds opt-outs and blocks by address: 22 characters. */
  suppression(network: NetworkName, canonicalAddress: string): string;
  /** Hides the id of a key in one place of one record (`masked`): eight octets, under a pepper that never rotates. */
  mask(record: string, place: string): Buffer;
  /** A name that comes from another one, and shows nobody that it does: 22 characters, under a pepper that never rotates. */
  derived(what: string, from: string): string;
  /** The name of a native chat. */
  chat(account: AccountId, chat: string): ChatKey;
  /** An event's id for dedupe, under this period's pepper first, then under the last one's while it lives. */
  event(account: AccountId, id: string): readonly EventLookup[];
  /** An event's id for as long as the cursor behind it isn't saved, however long: 12 octets, under a pepper that stays. */
  sinceCursor(account: AccountId, id: string): Buffer;
  /**
   * A fingerprint for dedupe, 22 characters: under this period's event pepper, and, where what is remembered for so long may
   * have been stored in the last period, under that one's.
   */
  fingerprints(account: AccountId, text: string, remembered: Milliseconds): readonly string[];
  /** Finds what a code leads to, or names who took one: 22 characters. */
  code(kind: CodeKind, code: string): string;
  /** The key that only a handle's code gives: what it seals shows nobody else to whom the code leads, nor that two lead there. */
  handleKey(code: string): SealKey;
  /** What a limit counts, as a name: 22 characters. Under the identities' pepper: at its rotation all limits begin anew, once. */
  limit(kind: string, counted: string): string;
  /** A network's message id in the map: 10 octets. @throws KeyNotReady for a generation that isn't there. */
  mapRef(account: AccountId, ref: string, generation: number): Buffer;
  /** The generations of the map's pepper that are there, newest first. */
  mapGenerations(): readonly number[];
  /** The generation that new map entries belong to at `at`. */
  mapGeneration(at: Timestamp): number;
}

/** A bucket's key in whose place there is a newer one. */
export interface RetiredKey {
  readonly stored: StoredKey;
  readonly bucket: number;
  readonly since: Timestamp;
}

interface KeyringOptions {
  readonly store: KeyStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Opens the ring over a store and prepares the keys of now. */
export async function openKeyring(options: KeyringOptions): Promise<Keyring> {
  const ring = new StoreKeyring(options);
  await ring.prepare();
  return ring;
}

class StoreKeyring implements Keyring {
  readonly #store: KeyStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #index = new KeyIndex();
  readonly #recent = { identity: new RecentNames(), suppression: new RecentNames() };
  /** Keys under way, so that two who ask get one. */
  readonly #making = new Map<string, Promise<StoredKey>>();

  constructor(options: KeyringOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
    for (const key of options.store.list()) this.#index.add(key);
  }

  epoch(ttl: TtlClass, at: Timestamp): SealKey {
    const key = this.#index.epoch(ttl, epochPeriod(ttl, at));
    if (key === undefined) throw new KeyNotReady(`records of ${ttl}`);
    return key;
  }

  async prepare(): Promise<void> {
    for (const names of Object.values(this.#recent)) names.clear();
    const now = this.#clock.now();
    const wanted: KeyDescriptor[] = [];
    for (const ttl of CLASSES) {
      const period = epochPeriod(ttl, now);
      wanted.push(
        { purpose: "epoch", class: ttl, period },
        { purpose: "epoch", class: ttl, period: period + 1 },
      );
    }
    const event = eventGeneration(now);
    wanted.push({ purpose: "lookup", lookup: "event", generation: event });
    wanted.push({ purpose: "lookup", lookup: "event", generation: event + 1 });
    const map = mapGeneration(now);
    wanted.push({ purpose: "lookup", lookup: "map", generation: map });
    wanted.push({ purpose: "lookup", lookup: "map", generation: map + 1 });
    for (const pepper of ["identity", "suppression"] as const) {
      if (this.#index.generations(pepper).length === 0) {
        wanted.push({ purpose: "lookup", lookup: pepper, generation: 0 });
      }
    }
    const missing = wanted.filter(
      (descriptor) => this.#index.byName(descriptorName(descriptor)) === undefined,
    );
    if (missing.length === 0) return;
    await Promise.all(missing.map((descriptor) => this.#ensure(descriptor)));
    this.#log.debug("keys.made", { count: missing.length });
  }

  resolve(id: Buffer): SealKey | undefined {
    return this.#index.resolve(id);
  }

  async bucketKey(bucket: number): Promise<SealKey> {
    if (!Number.isInteger(bucket) || bucket < 0 || bucket >= BUCKETS) {
      throw new RangeError(`a bucket is a whole number from 0 to ${BUCKETS - 1}`);
    }
    const there = this.#index.bucket(bucket);
    if (there !== undefined) return there;
    return this.#sealKey(await this.#ensure({ purpose: "bucket", bucket, generation: 0 }));
  }

  bucketOf(id: Buffer): number | undefined {
    return this.#index.bucketOf(id);
  }

  newestOf(id: Buffer): SealKey | undefined {
    const bucket = this.#index.bucketOf(id);
    return bucket === undefined ? undefined : this.#index.bucket(bucket);
  }

  async renewBucket(bucket: number): Promise<void> {
    const generation = this.#index.generationOf(bucket) + 1;
    await this.#ensure({ purpose: "bucket", bucket, generation });
  }

  retired(): readonly RetiredKey[] {
    const newest = new Map<number, StoredKey>();
    const others: RetiredKey[] = [];
    const keys = this.#index.all().filter(({ descriptor }) => descriptor.purpose === "bucket");
    for (const key of keys.toSorted((a, b) => generationOf(b) - generationOf(a))) {
      if (key.descriptor.purpose !== "bucket") continue;
      const { bucket } = key.descriptor;
      const since = newest.get(bucket)?.createdAt;
      if (since === undefined) newest.set(bucket, key);
      else others.push({ stored: key, bucket, since });
    }
    return others;
  }

  async destroyRetired({ stored }: RetiredKey): Promise<void> {
    await this.#destroy(stored);
    this.#log.info("keys.bucket.renewed");
  }

  async accountKey(account: AccountId): Promise<SealKey> {
    return this.#sealKey(await this.#ensure({ purpose: "account", account }));
  }

  async dropAccountKey(account: AccountId): Promise<void> {
    await this.#drop({ purpose: "account", account });
  }

  lastingPeppers(): readonly StoredKey[] {
    const isLasting = ({ descriptor }: StoredKey): boolean =>
      descriptor.purpose === "lookup" && ["identity", "suppression"].includes(descriptor.lookup);
    return this.#index.all().filter(isLasting);
  }

  kept(): readonly Pick<StoredKey, "descriptor" | "createdAt">[] {
    return this.#index.all();
  }

  expired(now: Timestamp): readonly StoredKey[] {
    return this.#index.all().filter((key) => (expiryOf(key.descriptor) ?? Number.POSITIVE_INFINITY) <= now);
  }

  async destroyExpired(now: Timestamp): Promise<number> {
    const keys = this.expired(now);
    for (const key of keys) await this.#destroy(key);
    if (keys.length > 0) this.#log.info("keys.expired", { count: keys.length });
    return keys.length;
  }

  async dropMapGeneration(generation: number): Promise<void> {
    await this.#drop({ purpose: "lookup", lookup: "map", generation });
  }

  identity(network: NetworkName, canonicalAddress: string): string {
    return this.#name("identity", "identity", network, canonicalAddress);
  }

  suppression(network: NetworkName, canonicalAddress: string): string {
    return this.#name("suppression", "suppression", network, canonicalAddress);
  }

  mask(record: string, place: string): Buffer {
    return lookup(this.#newest("suppression"), "mask", MASK_OCTETS, record, place);
  }

  derived(what: string, from: string): string {
    return lookupName(this.#newest("suppression"), "derived", what, from);
  }

  chat(account: AccountId, chat: string): ChatKey {
    return this.#name("identity", "chat", account, chat) as ChatKey; // made here and nowhere else
  }

  event(account: AccountId, id: string): readonly EventLookup[] {
    const now = eventGeneration(this.#clock.now());
    const under = (generation: number, pepper: KeyObject): EventLookup => ({
      generation,
      value: lookup(pepper, "event", EVENT_OCTETS, account, id),
    });
    const last = this.#index.pepper("event", now - 1);
    const current = under(now, this.#pepper("event", now));
    return last === undefined ? [current] : [current, under(now - 1, last)];
  }

  sinceCursor(account: AccountId, id: string): Buffer {
    return lookup(this.#newest("identity"), "since", EVENT_OCTETS, account, id);
  }

  fingerprints(account: AccountId, text: string, remembered: Milliseconds): readonly string[] {
    const now = this.#clock.now();
    const [generation, before] = [eventGeneration(now), eventGeneration(now - remembered)];
    const current = lookupName(this.#pepper("event", generation), "fingerprint", account, text);
    const last = before === generation ? undefined : this.#index.pepper("event", before);
    return last === undefined ? [current] : [current, lookupName(last, "fingerprint", account, text)];
  }

  code(kind: CodeKind, code: string): string {
    return lookupName(this.#newest("identity"), "code", kind, code);
  }

  handleKey(code: string): SealKey {
    const secret = (use: string): Buffer => lookupSecret(this.#newest("identity"), "code-key", use, code);
    const key = createSecretKey(secret("handle"));
    return { id: secret("handle-id").subarray(0, KEY_ID_OCTETS), key };
  }

  limit(kind: string, counted: string): string {
    return this.#name("identity", "limit", kind, counted);
  }

  mapRef(account: AccountId, ref: string, generation: number): Buffer {
    return lookup(this.#pepper("map", generation), "map", MAP_OCTETS, account, ref);
  }

  mapGenerations(): readonly number[] {
    const now = mapGeneration(this.#clock.now());
    return this.#index.generations("map").filter((generation) => generation <= now);
  }

  mapGeneration(at: Timestamp): number {
    return mapGeneration(at);
  }

  #name(pepper: "identity" | "suppression", domain: LookupDomain, a: string, b: string): string {
    return this.#recent[pepper].of(this.#newest(pepper), domain, a, b);
  }

  #newest(name: "identity" | "suppression"): KeyObject {
    const generation = this.#index.generations(name)[0];
    if (generation === undefined) throw new KeyNotReady(`lookups of ${name}`);
    return this.#pepper(name, generation);
  }

  #pepper(name: LookupName, generation: number): KeyObject {
    const key = this.#index.pepper(name, generation);
    if (key === undefined) throw new KeyNotReady(`lookups of ${name}`);
    return key;
  }

  #sealKey(key: StoredKey): SealKey {
    const found = this.#index.resolve(Buffer.from(key.id, "hex"));
    if (found === undefined) throw new KeyNotReady("what was just destroyed");
    return found;
  }

  /** The key of a descriptor, made when it isn't there. */
  #ensure(descriptor: KeyDescriptor): Promise<StoredKey> {
    const name = descriptorName(descriptor);
    const there = this.#index.byName(name);
    if (there !== undefined) return Promise.resolve(there);
    const underWay = this.#making.get(name);
    if (underWay !== undefined) return underWay;
    const making = this.#make(descriptor).finally(() => this.#making.delete(name));
    this.#making.set(name, making);
    return making;
  }

  async #make(descriptor: KeyDescriptor): Promise<StoredKey> {
    try {
      const key = await this.#store.create(descriptor);
      this.#index.add(key);
      return key;
    } catch (error) {
      this.#log.error("keys.not-made", { kind: descriptor.purpose, ...describeError(error) });
      throw error;
    }
  }

  async #drop(descriptor: KeyDescriptor): Promise<void> {
    await this.#making.get(descriptorName(descriptor))?.catch(() => undefined);
    const key = this.#index.byName(descriptorName(descriptor));
    if (key !== undefined) await this.#destroy(key);
  }

  /** Out of the ring first: nothing is sealed under a key that is going. */
  async #destroy(key: StoredKey): Promise<void> {
    this.#index.remove(key);
    try {
      await this.#store.destroy(key.id);
    } catch (error) {
      this.#index.add(key); // still there: tried again with the next round
      throw error;
    }
  }
}

function generationOf({ descriptor }: StoredKey): number {
  return descriptor.purpose === "bucket" ? descriptor.generation : 0;
}

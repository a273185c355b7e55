import type { AccountId, CanonicalId, ConversationId } from "../model/ids.ts";
import { DAY, type Timestamp } from "../model/time.ts";
import { canonicalBytes, keys } from "./keys.ts";
import type { SlotKey } from "./redis/slots.ts";
import type { Store } from "./store.ts";
import type { Vault } from "./vault.ts";

/** For how long the map knows a message: the conversation's timer, 30 days while there is no other. */
export const MAP_LIFETIME = 30 * DAY;

/** The map is cut into days: a day's buckets go as a whole. */
export function sliceOf(at: Timestamp): number {
  return Math.floor(at / DAY);
}

/** When the buckets of a slice go (ms since 1970). */
export function sliceEnd(slice: number): Timestamp {
  return (slice + 1) * DAY + MAP_LIFETIME;
}

/** Months of the map's pepper under which nothing lives any more. */
export function deadMapGenerations(vault: Vault, now: Timestamp): readonly number[] {
  const oldest = vault.keyring.mapGeneration(now - MAP_LIFETIME - 2 * DAY);
  return vault.keyring.mapGenerations().filter((generation) => generation < oldest);
}

/** Which leg of a message a field of the map is about: its place in the conversation's list of legs. */
type LegIndex = number;

/** A message in the map. The slice is that of its acceptance and stays with it. */
export interface MapPlace {
  readonly canonical: CanonicalId;
  readonly slice: number;
}

/** The map's field for what a message became on one leg: the canonical id and one octet. */
export function legField(canonical: CanonicalId, leg: LegIndex): Buffer {
  return Buffer.concat([canonicalBytes(canonical), Buffer.of(leg)]);
}

/** The field for the receipt of one leg. */
export function statusField(canonical: CanonicalId, leg: LegIndex): Buffer {
  return Buffer.concat([canonicalBytes(canonical), Buffer.of(leg | 0x80)]);
}

/** The entry of a message itself: where it came from, sealed. `ref` is its native id. */
export function sourceEntry(
  vault: Vault,
  canonical: CanonicalId,
  from: { leg: LegIndex; ref?: string },
): Buffer {
  return vault.sealFor("30d", "map", canonical, JSON.stringify([from.leg, from.ref ?? null]));
}

/**
 * What a message became on a leg, sealed: its native ids there and when. `conversation`: of which one it is, where the chat
 * holds several, since there it may be quoted.
 */
export function legEntry(
  vault: Vault,
  canonical: CanonicalId,
  refs: readonly string[],
  at: Timestamp,
  conversation?: ConversationId,
): Buffer {
  const plain = conversation === undefined ? [refs, at] : [refs, at, conversation];
  return vault.sealFor("30d", "map", canonical, JSON.stringify(plain));
}

/** Of which conversation a message is that the bridge wrote in a chat that holds several. Undefined when nobody knows (any more). */
export async function conversationByRef(
  store: Store,
  account: AccountId,
  ref: string,
  now: Timestamp,
): Promise<ConversationId | undefined> {
  const found = await findByRef(store, account, ref, now);
  if (found === undefined) return undefined;
  const { canonical, slice } = found.place;
  const name = keys.map(slice, canonicalBytes(canonical));
  const sealed = await store.connection.command("HGET", name, legField(canonical, found.leg));
  if (!Buffer.isBuffer(sealed)) return undefined;
  const [, , conversation]: unknown[] = JSON.parse(store.vault.open("map", canonical, sealed).toString());
  return typeof conversation === "string" ? (conversation as ConversationId) : undefined; // written by legEntry
}

/** A reverse reference: from a native id back to its message. */
interface ReverseRef {
  readonly key: SlotKey<"c">;
  readonly field: Buffer;
  readonly value: Buffer;
}

/** Reverse references of native ids, to be written with the entry they belong to. */
export function reverseRefs(
  vault: Vault,
  account: AccountId,
  refs: readonly string[],
  place: MapPlace,
  leg: LegIndex,
): readonly ReverseRef[] {
  const generation = vault.keyring.mapGeneration(place.slice * DAY);
  const value = legField(place.canonical, leg);
  return refs.map((ref) => {
    const field = vault.keyring.mapRef(account, ref, generation);
    return { key: keys.refs(place.slice, field), field, value };
  });
}

/** Where a native id belongs. */
export interface Found {
  readonly place: MapPlace;
  readonly leg: LegIndex;
}

/**
 * Looks up a native id, newest days first: nearly all that comes is about a message of today or yesterday.
 * Undefined when the map doesn't know it (any more).
 */
export async function findByRef(
  store: Store,
  account: AccountId,
  ref: string,
  now: Timestamp,
): Promise<Found | undefined> {
  const today = sliceOf(now);
  const recent = await findInSlices(store, account, ref, today, today - 1);
  return recent ?? (await findInSlices(store, account, ref, today - 2, today - MAP_LIFETIME / DAY));
}

async function findInSlices(
  { connection, vault }: Store,
  account: AccountId,
  ref: string,
  newest: number,
  oldest: number,
): Promise<Found | undefined> {
  const alive = new Set(vault.keyring.mapGenerations());
  const lookups: Promise<{ slice: number; value: Buffer } | undefined>[] = [];
  for (let slice = newest; slice >= oldest; slice--) {
    const generation = vault.keyring.mapGeneration(slice * DAY);
    if (!alive.has(generation)) continue;
    const field = vault.keyring.mapRef(account, ref, generation);
    const lookup = connection.command("HGET", keys.refs(slice, field), field);
    lookups.push(lookup.then((value) => (Buffer.isBuffer(value) ? { slice, value } : undefined)));
  }
  const found = (await Promise.all(lookups)).find((each) => each !== undefined);
  if (found === undefined) return undefined;
  const canonical = found.value.subarray(0, -1).toString("base64url") as CanonicalId; // written by reverseRefs
  return { place: { canonical, slice: found.slice }, leg: found.value.at(-1) ?? 0 };
}

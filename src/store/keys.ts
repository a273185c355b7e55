import type {
  AccountId,
  CanonicalId,
  ChatKey,
  ConversationId,
  DeliveryId,
  LegId,
  PersonId,
} from "../model/ids.ts";
import { type SlotKey, tagOf } from "./redis/slots.ts";

/** The kinds of hash tags: what one of them holds can be changed by one script. */
export type Kind = "meta" | "i" | "c" | "a" | "p" | "h" | "x" | "l";

/** One hash tag for all conversations while Redis is one server; a cluster spreads them over several. */
const CONVERSATIONS = "{c0}";

/** Buckets of a time-sliced family: few enough to be full, many enough that each stays a listpack (512 entries). */
const BUCKETS = 512;

/**
 * Every key of Redis is named here, and nowhere else. The hash tag says which records are changed in one script:
 * `{i<n>}` lanes of an account shard, `{c<k>}` conversations, `{a:<account>}` sessions, `{p:<person>}`, `{x:<lookup>}`,
 * `{h:<lookup>}` what a code leads to, `{l:<lookup>}` what one address or person took of the limits.
 * No name holds an address, a native id or anything that can be reversed.
 * Each has its row in families.ts: what it holds, how that is sealed, when it goes.
 */
export const keys = {
  /** schema, boot counter, last time seen */
  meta: key("meta", "{meta}"),

  lane: (account: AccountId, lane: ChatKey) => key("i", `${intake(account)}:q:${lane}`),
  lanesDue: (account: AccountId) => key("i", `${intake(account)}:due:${account}`),
  laneFences: (account: AccountId) => key("i", `${intake(account)}:f:${account}`),
  dedupe: (account: AccountId, generation: number, lookup: Buffer) =>
    key("i", `${intake(account)}:d:${generation}:${bucketOf(lookup)}`),
  sinceCursor: (account: AccountId) => key("i", `${intake(account)}:since:${account}`),
  fingerprint: (account: AccountId, lookup: string) => key("i", `${intake(account)}:fp:${lookup}`),
  receipts: (account: AccountId) => key("i", `${intake(account)}:rcpt:${account}`),
  receiptsDue: (account: AccountId) => key("i", `${intake(account)}:rcpt:due:${account}`),
  buriedEvents: (account: AccountId) => key("i", `${intake(account)}:buried:${account}`),
  buriedEventsDue: (account: AccountId) => key("i", `${intake(account)}:buried:due:${account}`),
  fragments: (account: AccountId, group: string) => key("i", `${intake(account)}:g:${group}`),
  fragmentsDue: (account: AccountId) => key("i", `${intake(account)}:g:due:${account}`),

  conversation: (id: ConversationId) => key("c", `${CONVERSATIONS}:c:${id}`),
  pairs: key("c", `${CONVERSATIONS}:pairs`),
  chat: (chat: ChatKey) => key("c", `${CONVERSATIONS}:chat:${chat}`),
  delivery: (id: DeliveryId) => key("c", `${CONVERSATIONS}:d:${id}`),
  leg: (id: LegId) => key("c", `${CONVERSATIONS}:q:${id}`),
  legsDue: (account: AccountId) => key("c", `${CONVERSATIONS}:due:${account}`),
  legFences: (account: AccountId) => key("c", `${CONVERSATIONS}:f:${account}`),
  map: (slice: number, canonical: Buffer) => key("c", `${CONVERSATIONS}:m:${slice}:${bucketOf(canonical)}`),
  refs: (slice: number, lookup: Buffer) => key("c", `${CONVERSATIONS}:r:${slice}:${bucketOf(lookup)}`),
  parked: key("c", `${CONVERSATIONS}:parked`),
  buried: key("c", `${CONVERSATIONS}:buried`),
  timers: key("c", `${CONVERSATIONS}:timers`),

  accountStorage: (account: AccountId) => key("a", `{a:${account}}:s`),
  accountLease: (account: AccountId) => key("a", `{a:${account}}:lease`),
  numberLoads: (account: AccountId) => key("a", `{a:${account}}:load`),

  person: (id: PersonId) => key("p", `{p:${id}}:r`),
  personLink: (id: PersonId) => key("p", `{p:${id}}:l`),

  handle: (lookup: string) => key("h", `{h:${lookup}}:r`),
  linkCode: (lookup: string) => key("h", `{h:${lookup}}:l`),

  identity: (suppression: string, identity: string) => key("x", `{x:${suppression}}:i:${identity}`),
  numberPairs: (suppression: string, identity: string) => key("x", `{x:${suppression}}:n:${identity}`),
  optOuts: (suppression: string) => key("x", `{x:${suppression}}:o`),

  limit: (slot: string, limit: string, scope: string) => key("l", `{l:${slot}}:${limit}:${scope}`),
  limitTicket: (slot: string, question: string) => key("l", `{l:${slot}}:t:${question}`),
} as const;

/** A name with its kind in its type, which the compiler compares with its tag. */
function key<K extends Kind>(_kind: K, name: `{${NoInfer<K>}${string}}${string}`): SlotKey<K> {
  return name as string as SlotKey<K>; // nothing else makes keys
}

/** A name that was found in Redis, with its kind. @throws RangeError when it is of another one. */
export function foundKey<K extends Kind>(kind: K, name: string): SlotKey<K> {
  if (tagOf(name).startsWith(`{${kind}`)) return name as SlotKey<K>; // just looked at
  throw new RangeError(`found a key of another kind, expected one with the tag {${kind}...}`);
}

/**
 * The hash tag of an account's lanes: a hash of its name (FNV-1a) in 0..1023, so that it is the same in every process. Two
 * accounts may share one; each has its own keys in it.
 */
function intake(account: AccountId): `{i${number}}` {
  let hash = 0x811c9dc5;
  for (let i = 0; i < account.length; i++) hash = Math.imul(hash ^ account.charCodeAt(i), 0x01000193);
  return `{i${(hash >>> 0) % 1024}}`;
}

/** The ids of the house are random or HMACs, so any two octets spread evenly. */
function bucketOf(id: Buffer): number {
  return id.readUInt16BE(id.length - 2) % BUCKETS;
}

/** A canonical id as the 12 octets that stand in Redis. */
export function canonicalBytes(id: CanonicalId): Buffer {
  return Buffer.from(id, "base64url");
}

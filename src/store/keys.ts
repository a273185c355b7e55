import type {
  AccountId,
  CanonicalId,
  ChatKey,
  ConversationId,
  DeliveryId,
  LegId,
  PersonId,
} from "../model/ids.ts";

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
  meta: "{meta}",

  lane: (account: AccountId, lane: ChatKey) => `${intake(account)}:q:${lane}`,
  lanesDue: (account: AccountId) => `${intake(account)}:due:${account}`,
  laneFences: (account: AccountId) => `${intake(account)}:f:${account}`,
  dedupe: (account: AccountId, generation: number, lookup: Buffer) =>
    `${intake(account)}:d:${generation}:${bucketOf(lookup)}`,
  sinceCursor: (account: AccountId) => `${intake(account)}:since:${account}`,
  fingerprint: (account: AccountId, lookup: string) => `${intake(account)}:fp:${lookup}`,
  receipts: (account: AccountId) => `${intake(account)}:rcpt:${account}`,
  receiptsDue: (account: AccountId) => `${intake(account)}:rcpt:due:${account}`,
  buriedEvents: (account: AccountId) => `${intake(account)}:buried:${account}`,
  buriedEventsDue: (account: AccountId) => `${intake(account)}:buried:due:${account}`,
  fragments: (account: AccountId, group: string) => `${intake(account)}:g:${group}`,
  fragmentsDue: (account: AccountId) => `${intake(account)}:g:due:${account}`,

  conversation: (id: ConversationId) => `${CONVERSATIONS}:c:${id}`,
  pairs: `${CONVERSATIONS}:pairs`,
  chat: (chat: ChatKey) => `${CONVERSATIONS}:chat:${chat}`,
  delivery: (id: DeliveryId) => `${CONVERSATIONS}:d:${id}`,
  leg: (id: LegId) => `${CONVERSATIONS}:q:${id}`,
  legsDue: (account: AccountId) => `${CONVERSATIONS}:due:${account}`,
  legFences: (account: AccountId) => `${CONVERSATIONS}:f:${account}`,
  map: (slice: number, canonical: Buffer) => `${CONVERSATIONS}:m:${slice}:${bucketOf(canonical)}`,
  refs: (slice: number, lookup: Buffer) => `${CONVERSATIONS}:r:${slice}:${bucketOf(lookup)}`,
  parked: `${CONVERSATIONS}:parked`,
  buried: `${CONVERSATIONS}:buried`,
  timers: `${CONVERSATIONS}:timers`,

  accountStorage: (account: AccountId) => `{a:${account}}:s`,
  accountLease: (account: AccountId) => `{a:${account}}:lease`,
  numberLoads: (account: AccountId) => `{a:${account}}:load`,

  person: (id: PersonId) => `{p:${id}}:r`,
  personLink: (id: PersonId) => `{p:${id}}:l`,

  handle: (lookup: string) => `{h:${lookup}}:r`,
  linkCode: (lookup: string) => `{h:${lookup}}:l`,

  identity: (suppression: string, identity: string) => `{x:${suppression}}:i:${identity}`,
  numberPairs: (suppression: string, identity: string) => `{x:${suppression}}:n:${identity}`,
  optOuts: (suppression: string) => `{x:${suppression}}:o`,

  limit: (slot: string, limit: string, scope: string) => `{l:${slot}}:${limit}:${scope}`,
  limitTicket: (slot: string, question: string) => `{l:${slot}}:t:${question}`,
} as const;

/**
 * The hash tag of an account's lanes: a hash of its name (FNV-1a) in 0..1023, so that it is the same in every process. Two
 * accounts may share one; each has its own keys in it.
 */
function intake(account: AccountId): string {
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

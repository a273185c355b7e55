import { DAY, type Milliseconds } from "../model/time.ts";
import { ACCOUNT_LEASE } from "./account-lease.ts";
import { FINGERPRINT_LIFETIME } from "./arrivals.ts";
import type { keys } from "./keys.ts";
import { LINK_CODE_LIFETIME } from "./link-codes.ts";
import { MAP_LIFETIME } from "./message-map.ts";

/** A family of keys by its name in keys.ts. */
export type FamilyName = keyof typeof keys;

/** What kind of record a family belongs to, as the operator reads it. */
type RecordKind =
  | "the store itself"
  /** Events to be decided, deliveries, what is parked or buried, parts of long texts; and who works on them until when. */
  | "waiting items"
  /** What was taken in, so that a repeat is recognised. */
  | "repeats"
  /** Conversations with their seats and legs, and what finds them. */
  | "conversation"
  /** Which native message is which, on each leg, and what became of it. */
  | "message map"
  | "account session"
  | "person"
  | "identity"
  | "number pair"
  | "opt-out"
  | "handle"
  | "link code"
  | "limits";

/** By which key a family's values are sealed (its names hold no address in any case). */
type Sealing =
  | "nothing personal"
  /** Destroyed a day after its hour. */
  | "hourly key"
  /** Destroyed 30 days after its day. */
  | "daily key"
  | "conversation's key"
  | "person's key"
  /** And in it by the person's key. */
  | "a key that its code gives"
  | "account's key";

/** When a family's keys go. */
type Lifetime =
  /** Redis drops them; each has a TTL of at most so long. */
  | { readonly kind: "ttl"; readonly most: Milliseconds }
  /** They go with their owner; `until` is the event that deletes them. */
  | { readonly kind: "owner"; readonly until: string };

/** What is known of all keys of one family. */
interface KeyFamily {
  /** How their names read: fixed text, and the variable parts in angle brackets (family-of.ts knows their forms). */
  readonly pattern: string;
  readonly record: RecordKind;
  readonly holds: string;
  readonly sealed: Sealing;
  readonly life: Lifetime;
  readonly backup: Backup;
}

/** Whether a backup has a family's keys. */
type Backup =
  | { readonly kind: "kept" }
  /** A restore makes them of other records. */
  | { readonly kind: "made-anew"; readonly from: FamilyName }
  | { readonly kind: "left-out"; readonly why: string };

const ttl = (most: Milliseconds): Lifetime => ({ kind: "ttl", most });
const until = (event: string): Lifetime => ({ kind: "owner", until: event });

const KEPT: Backup = { kind: "kept" };
const leftOut = (why: string): Backup => ({ kind: "left-out", why });
/** What is on its way is gone when it is restored: told here once. */
const ON_ITS_WAY = leftOut("what was on its way then was delivered since, or is too late");
const SEALED_BY_TIME = leftOut("its keys end with their time, and are in no backup");

/** With `sealed` and `life`, for names and times that point to what waits. */
const WAITING = { record: "waiting items", sealed: "nothing personal", backup: ON_ITS_WAY } as const;
const MAP = {
  record: "message map",
  sealed: "daily key",
  life: ttl(MAP_LIFETIME + DAY),
  backup: SEALED_BY_TIME,
} as const;

/**
 * Every family of keys.ts: what is in Redis, how it is sealed, and when it goes. `footbridge audit` prints it with counts,
 * and a key that no row explains is an error there. A new family doesn't compile without its row.
 */
export const FAMILIES: Readonly<Record<FamilyName, KeyFamily>> = {
  meta: {
    pattern: "{meta}",
    record: "the store itself",
    holds: "schema version, number of starts",
    sealed: "nothing personal",
    life: until("the state folder is deleted"),
    backup: KEPT,
  },

  lane: {
    pattern: "{i<shard>}:q:<lookup>",
    record: "waiting items",
    holds: "events of one native chat, in order",
    sealed: "hourly key",
    life: until("its last event is decided or buried"),
    backup: SEALED_BY_TIME,
  },
  lanesDue: {
    ...WAITING,
    pattern: "{i<shard>}:due:<account>",
    holds: "lanes by the time their lease ends",
    life: until("its last lane is empty"),
  },
  laneFences: {
    ...WAITING,
    pattern: "{i<shard>}:f:<account>",
    holds: "who works on which lane",
    life: until("its last lane is empty"),
  },
  dedupe: {
    pattern: "{i<shard>}:d:<number>:<number>",
    record: "repeats",
    holds: "HMACs of event ids",
    sealed: "nothing personal",
    life: ttl(14 * DAY), // a generation of 7 days, and the one after it
    backup: leftOut("its peppers end with their time, and are in no backup"),
  },
  sinceCursor: {
    pattern: "{i<shard>}:since:<account>",
    record: "repeats",
    holds: "HMACs of event ids since the account's place in its network was saved",
    sealed: "nothing personal",
    life: until("the account's place is saved"),
    backup: leftOut("it goes with a place in the network, which is in no backup"),
  },
  fingerprint: {
    pattern: "{i<shard>}:fp:<lookup>",
    record: "repeats",
    holds: "arrivals of texts that have no id",
    sealed: "nothing personal",
    life: ttl(FINGERPRINT_LIFETIME),
    backup: leftOut("its peppers end with their time, and are in no backup"),
  },
  receipts: {
    pattern: "{i<shard>}:rcpt:<account>",
    record: "waiting items",
    holds: "receipts on their way into the message map",
    sealed: "hourly key",
    life: until("its last receipt is merged, or 30 s old"),
    backup: SEALED_BY_TIME,
  },
  receiptsDue: {
    ...WAITING,
    pattern: "{i<shard>}:rcpt:due:<account>",
    holds: "receipts by the time they are looked at",
    life: until("its last receipt is merged, or 30 s old"),
  },
  buriedEvents: {
    pattern: "{i<shard>}:buried:<account>",
    record: "waiting items",
    holds: "events that can't be worked on",
    sealed: "hourly key",
    life: until("the operator ends its last one, or a deadline does"),
    backup: SEALED_BY_TIME,
  },
  buriedEventsDue: {
    ...WAITING,
    pattern: "{i<shard>}:buried:due:<account>",
    holds: "buried events by their deadline",
    life: until("the operator ends its last one, or a deadline does"),
  },
  fragments: {
    pattern: "{i<shard>}:g:<lookup>",
    record: "waiting items",
    holds: "parts of one long text",
    sealed: "hourly key",
    life: until("the text is whole, or is shown with a gap"),
    backup: SEALED_BY_TIME,
  },
  fragmentsDue: {
    ...WAITING,
    pattern: "{i<shard>}:g:due:<account>",
    holds: "long texts by the time they are shown with a gap",
    life: until("its last text is whole, or is shown with a gap"),
  },

  conversation: {
    pattern: "{c0}:c:<id>",
    record: "conversation",
    holds: "a conversation with its seats and legs (each sealed by its person's key)",
    sealed: "conversation's key",
    life: until("it has been closed for an hour, and nothing is on its way in it"),
    backup: KEPT,
  },
  pairs: {
    pattern: "{c0}:pairs",
    record: "conversation",
    holds: "random ids of the conversations that the config's pairs have",
    sealed: "nothing personal",
    life: until("the last pair has gone"),
    backup: KEPT,
  },
  chat: {
    pattern: "{c0}:chat:<lookup>",
    record: "conversation",
    holds: "which leg a native chat is",
    sealed: "nothing personal",
    life: until("its leg is closed"),
    backup: KEPT,
  },
  delivery: {
    pattern: "{c0}:d:<id>",
    record: "waiting items",
    holds: "one message for one leg",
    sealed: "hourly key",
    life: until("it is done, refused or dropped, at most its deadline"),
    backup: SEALED_BY_TIME,
  },
  leg: {
    ...WAITING,
    pattern: "{c0}:q:<id>",
    holds: "ids of the deliveries that wait for one leg, in order",
    life: until("its last delivery is done, refused or dropped"),
  },
  legsDue: {
    ...WAITING,
    pattern: "{c0}:due:<account>",
    holds: "legs by the time their lease ends",
    life: until("nothing waits for the account"),
  },
  legFences: {
    ...WAITING,
    pattern: "{c0}:f:<account>",
    holds: "who works on which leg",
    life: until("nothing waits for the account"),
  },
  map: {
    ...MAP,
    pattern: "{c0}:m:<number>:<number>",
    holds: "where messages came from, what became of them",
  },
  refs: { ...MAP, pattern: "{c0}:r:<number>:<number>", holds: "HMACs of native message ids" },
  parked: {
    ...WAITING,
    pattern: "{c0}:parked",
    holds: "deliveries whose senders are asked, by their deadline",
    life: until("its last one is answered, or its deadline comes"),
  },
  buried: {
    ...WAITING,
    pattern: "{c0}:buried",
    holds: "deliveries that the operator is to look at, by their deadline",
    life: until("the operator ends its last one, or a deadline does"),
  },
  timers: {
    ...WAITING,
    pattern: "{c0}:timers",
    holds:
      "random ids of conversations by when something ends in them: a request, a question with texts that wait, they themselves",
    life: until("its last time comes"),
    backup: KEPT,
  },

  accountStorage: {
    pattern: "{a:<account>}:s",
    record: "account session",
    holds: "an account's place in its network, its keys there, and what it must remember",
    sealed: "account's key",
    life: until("the account is logged out"),
    backup: leftOut(
      "a session that goes back in time breaks, or shows who uses it twice: the account is linked anew",
    ),
  },
  accountLease: {
    pattern: "{a:<account>}:lease",
    record: "account session",
    holds: "which process has the account",
    sealed: "nothing personal",
    life: ttl(ACCOUNT_LEASE),
    backup: leftOut("it is of a process that is gone"),
  },
  numberLoads: {
    pattern: "{a:<account>}:load",
    record: "number pair",
    holds: "how many phones have each number of ours, about, by HMACs of the numbers",
    sealed: "nothing personal",
    life: until("the account is taken out and its state deleted"),
    backup: KEPT,
  },

  person: {
    pattern: "{p:<id>}:r",
    record: "person",
    holds: "a person's wrapped key, addresses, seats, handles and whom they blocked",
    sealed: "person's key",
    life: until("the person is forgotten"),
    backup: KEPT,
  },
  personLink: {
    pattern: "{p:<id>}:l",
    record: "link code",
    holds: "a mark of the link code that a person gave out last",
    sealed: "nothing personal",
    life: ttl(LINK_CODE_LIFETIME),
    backup: leftOut("a link code lives for minutes"),
  },

  handle: {
    pattern: "{h:<lookup>}:r",
    record: "handle",
    holds: "to whom a handle's code leads",
    sealed: "a key that its code gives",
    life: until("it is ended, at most its expiry"),
    backup: { kind: "made-anew", from: "person" },
  },
  linkCode: {
    pattern: "{h:<lookup>}:l",
    record: "link code",
    holds: "who gave out a link code, and where",
    sealed: "hourly key",
    life: ttl(LINK_CODE_LIFETIME),
    backup: leftOut("a link code lives for minutes"),
  },

  identity: {
    pattern: "{x:<lookup>}:i:<lookup>",
    record: "identity",
    holds: "which person an address belongs to, by HMACs of the address",
    sealed: "nothing personal",
    life: until("the address is unlinked or its person forgotten"),
    backup: KEPT,
  },
  numberPairs: {
    pattern: "{x:<lookup>}:n:<lookup>",
    record: "number pair",
    holds: "which conversation a phone and a number of ours belong to, by HMACs",
    sealed: "nothing personal",
    life: until("the conversation is closed and the number has cooled down"), // 30 days, then by a TTL
    backup: KEPT,
  },
  optOuts: {
    pattern: "{x:<lookup>}:o",
    record: "opt-out",
    holds: "that an address wants no more messages, of which of our numbers or of all, by HMACs",
    sealed: "nothing personal",
    life: until("the address asks for messages again"),
    backup: KEPT,
  },

  limit: {
    pattern: "{l:<lookup>}:<limit>:<lookup>",
    record: "limits",
    holds:
      "how much of a limit an HMAC of an address, of a person, of an account or of a range of numbers took",
    sealed: "nothing personal",
    life: ttl(2 * DAY),
    backup: leftOut("limits are of the last hours"),
  },
  limitTicket: {
    pattern: "{l:<lookup>}:t:<lookup>",
    record: "limits",
    holds: "which answer a question about limits got, so that it can be asked again",
    sealed: "nothing personal",
    life: ttl(DAY),
    backup: leftOut("limits are of the last hours"),
  },
};

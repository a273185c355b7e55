import type { AccountId, ChatKey } from "../model/ids.ts";
import type { Milliseconds, Timestamp } from "../model/time.ts";
import { type AcceptedEvent, decodeEvent } from "./accepted-event.ts";
import { type Arrival, acceptCalls } from "./arrivals.ts";
import { keys } from "./keys.ts";
import type { Fence } from "./meta.ts";
import type { Reply } from "./redis/resp.ts";
import type { SlotKey } from "./redis/slots.ts";
import { texts } from "./reply.ts";
import type { Store } from "./store.ts";

/** How long a lease lasts unless it is renewed. */
export const LEASE: Milliseconds = 30_000;

/** A lane: the events of one native chat, in order. */
export interface LaneName {
  readonly account: AccountId;
  readonly chat: ChatKey;
}

/**
 * `duplicate`: nothing changed. `claimed`: the lane was empty and is the caller's now. `queued`: behind others.
 * `waits`: a receipt, until it is merged.
 */
export type AcceptReply = "duplicate" | "claimed" | "queued" | "waits";

/** What came in, and what became of it. */
export interface Taken {
  readonly arrival: Arrival;
  readonly reply: AcceptReply;
}

/**
 * The lanes in Redis. Each call is one script: all or nothing.
 * `onReply` is called by the very reply, before any other reply is looked at: replies come in the order of the calls, and
 * what is kept in memory follows them in that order. A promise alone would let one overtake another.
 */
export class Lanes {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Stores what came in for an account, in order, with one call: all of it or nothing. `onReply` gets it with its replies.
   * What is more than one call takes (`MOST_ARRIVALS`, `MOST_OCTETS`) goes in parts, one after the other: each is stored
   * whole or not at all, and of what is behind one that wasn't stored nothing is tried.
   * @throws StoreFull, KeyNotReady (then that part and all behind it aren't stored), StoreAway (then a part may be stored).
   */
  async accept(
    account: AccountId,
    arrivals: readonly Arrival[],
    fence: Fence,
    onReply: (taken: readonly Taken[]) => void,
  ): Promise<readonly AcceptReply[]> {
    const { connection, scripts, vault } = this.#store;
    const all: AcceptReply[] = [];
    for (const part of acceptCalls(vault, { account, lease: LEASE, fence }, arrivals)) {
      await connection.call(scripts.accept, part.keys, part.args).then((raw) => {
        const replies = Array.isArray(raw) ? raw : [];
        const taken = part.arrivals.map((arrival, i) => ({ arrival, reply: replyOf(replies[i]) }));
        onReply(taken);
        for (const { reply } of taken) all.push(reply);
      });
    }
    return all;
  }

  /** Takes committed events off the heads of lanes. Says how many each has left, -1 where the fence was lost. */
  pop(
    account: AccountId,
    heads: readonly { chat: ChatKey; fence: Fence; count: number }[],
    onReply: (left: readonly number[]) => void,
  ): Promise<void> {
    const { connection, scripts } = this.#store;
    const names = heads.map(({ chat }) => keys.lane(account, chat));
    const args = heads.flatMap(({ chat, fence, count }) => [chat, fence, count]);
    return connection
      .call(scripts.lane_pop, [keys.lanesDue(account), keys.laneFences(account), ...names], [LEASE, ...args])
      .then((reply) => onReply(Array.isArray(reply) ? reply.map(Number) : []));
  }

  /** Claims lanes that are due; `all`: also those that a dead owner leased. */
  async claim(
    account: AccountId,
    fence: Fence,
    atMost: number,
    all: boolean,
  ): Promise<readonly { chat: ChatKey; attempts: number }[]> {
    const claimed = await claim(
      this.#store,
      [keys.lanesDue(account), keys.laneFences(account)],
      fence,
      atMost,
      all,
    );
    return claimed.map(({ name, attempts }) => ({ chat: name as ChatKey, attempts })); // written by accept
  }

  /** Renews leases; says which were lost. */
  async renew(
    account: AccountId,
    held: readonly { chat: ChatKey; fence: Fence }[],
    after = LEASE,
  ): Promise<readonly ChatKey[]> {
    const pairs = held.map(({ chat, fence }) => [chat, fence] as const);
    const lost = await renew(this.#store, [keys.lanesDue(account), keys.laneFences(account)], pairs, after);
    return lost as readonly ChatKey[]; // a part of what was given
  }

  /** Reads events from a lane, from the `skip`th on. Events that can't be opened come as errors in their place. */
  read(
    { account, chat }: LaneName,
    skip: number,
    count: number,
    onReply: (events: readonly (AcceptedEvent | Error)[]) => void,
  ): Promise<void> {
    const items = this.#store.connection.command("LRANGE", keys.lane(account, chat), skip, skip + count - 1);
    return items.then((reply) =>
      onReply((Array.isArray(reply) ? reply : []).map((item) => this.#open(chat, item))),
    );
  }

  #open(chat: ChatKey, item: Reply): AcceptedEvent | Error {
    try {
      if (!Buffer.isBuffer(item)) throw new Error("a lane holds something that is no text");
      return decodeEvent(this.#store.vault.open("lane-item", chat, item).toString());
    } catch (error) {
      return error instanceof Error ? error : new Error("a lane item can't be read", { cause: error });
    }
  }

  /** Moves the head of a lane to the buried events. `onReply` hears how many are left, -1 when the fence was lost. */
  bury(
    { account, chat }: LaneName,
    fence: Fence,
    id: string,
    record: string,
    until: Timestamp,
    onReply: (left: number) => void,
  ): Promise<void> {
    const { connection, scripts } = this.#store;
    const names = [
      keys.lanesDue(account),
      keys.laneFences(account),
      keys.lane(account, chat),
      keys.buriedEvents(account),
      keys.buriedEventsDue(account),
    ];
    return connection
      .call(scripts.lane_bury, names, [chat, fence, id, record, until])
      .then((reply) => onReply(Number(reply)));
  }

  /**
   * Puts a buried event back at the end of its lane, or ends it. False when there is no such event (any more). `onReply` hears
   * that it is done: who holds the lane doesn't know yet what stands there now.
   */
  unbury(
    { account, chat }: LaneName,
    id: string,
    action: "again" | "drop",
    onReply: () => void,
  ): Promise<boolean> {
    const { connection, scripts } = this.#store;
    const names = [
      keys.buriedEvents(account),
      keys.buriedEventsDue(account),
      keys.lane(account, chat),
      keys.lanesDue(account),
    ];
    return connection.call(scripts.unbury_event, names, [id, chat, action]).then((reply) => {
      if (reply === 1) onReply();
      return reply === 1;
    });
  }

  /** Ends buried events whose time is over. */
  async endBuried(account: AccountId, now: Timestamp, atMost: number): Promise<void> {
    const { connection } = this.#store;
    const due = keys.buriedEventsDue(account);
    for (const id of texts(await connection.command("ZRANGEBYSCORE", due, "-inf", now, "LIMIT", 0, atMost))) {
      const record = connection.command("HDEL", keys.buriedEvents(account), id, `${id}:item`, `${id}:lane`);
      await Promise.all([record, connection.command("ZREM", due, id)]);
    }
  }
}

const REPLIES: readonly AcceptReply[] = ["duplicate", "claimed", "queued", "waits"];

function replyOf(raw: Reply | undefined): AcceptReply {
  const reply = REPLIES[Number(raw)];
  if (reply === undefined) throw new Error("accept.lua gave no reply for something that came in");
  return reply;
}

/** Where lanes, or legs, stand by the time they are due, and who works on them. */
type DueKeys = readonly [SlotKey<"i">, SlotKey<"i">] | readonly [SlotKey<"c">, SlotKey<"c">];

/** Runs `claim.lua`: the same for lanes and legs. */
export async function claim(
  { connection, scripts }: Store,
  names: DueKeys,
  fence: Fence,
  atMost: number,
  all: boolean,
): Promise<readonly { name: string; attempts: number }[]> {
  const reply = texts(await connection.call(scripts.claim, names, [atMost, LEASE, fence, all ? "all" : ""]));
  const claimed: { name: string; attempts: number }[] = [];
  for (let i = 0; i + 1 < reply.length; i += 2)
    claimed.push({ name: reply[i] ?? "", attempts: Number(reply[i + 1]) });
  return claimed;
}

/** Runs `renew.lua`: the same for lanes and legs. */
export async function renew(
  { connection, scripts }: Store,
  names: DueKeys,
  held: readonly (readonly [name: string, fence: Fence])[],
  after: Milliseconds,
): Promise<readonly string[]> {
  if (held.length === 0) return [];
  return texts(await connection.call(scripts.renew, names, [after, ...held.flat()]));
}

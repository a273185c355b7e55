import type { Conversation, Leg } from "../model/conversation.ts";
import type { Task } from "../model/delivery.ts";
import type { AccountId, CanonicalId, ConversationId, DeliveryId, LegId, SeatId } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { Sensitive } from "../model/sensitive.ts";
import type { Milliseconds, Timestamp } from "../model/time.ts";
import { canonicalBytes, keys } from "./keys.ts";
import { claim, LEASE, renew } from "./lanes.ts";
import { legEntry, legField, type MapPlace, reverseRefs, sliceEnd } from "./message-map.ts";
import type { Fence } from "./meta.ts";
import { fields, text, texts } from "./reply.ts";
import type { Store } from "./store.ts";

/** A delivery's sealed content. */
export interface DeliveryPayload {
  readonly conversation: ConversationId;
  readonly leg: LegId;
  readonly canonical: CanonicalId;
  readonly slice: number;
  readonly task: Task;
  readonly acceptedAt: Timestamp;
  /** Whose message it is; absent for what the bridge says or does by itself. */
  readonly from?: SeatId;
}

/** `queued`, `sending` (may have happened), `uncertain` (its sender is asked), `buried` (the operator sees it). */
type DeliveryState = "queued" | "sending" | "uncertain" | "buried";

/** A delivery as it stands in Redis. */
export interface StoredDelivery {
  readonly id: DeliveryId;
  readonly state: DeliveryState;
  readonly payload: DeliveryPayload;
  readonly deadline: Timestamp;
  readonly attempts: number;
  /** When it was first marked as sending. */
  readonly markedAt?: Timestamp;
  /** The adapter's note of how far it got. */
  readonly progress?: Sensitive<string>;
  /** How often it was kept and put back. */
  readonly revived: number;
}

/** Whose leg it is and under which fence: what every step names. */
export interface HeldLeg {
  readonly id: LegId;
  readonly account: AccountId;
  readonly conversation: ConversationId;
  readonly fence: Fence;
}

/** What settling says: the leg is `empty`, the next delivery is `marked`, there is `more` to load, or it was `settled` or `lost`. */
export type SettleReply = "empty" | "marked" | "more" | "settled" | "lost";

/** What became of a delivery, as settling writes it. */
export type Settlement =
  /** `shared`: the chat holds several conversations. */
  | {
      readonly kind: "done";
      readonly refs: readonly string[];
      readonly legIndex: number;
      readonly shared?: boolean;
    }
  | { readonly kind: "drop" }
  | { readonly kind: "bury"; readonly until: Timestamp; readonly reason: Reason }
  /** `refs`: under which a receipt may still say that it arrived. */
  | {
      readonly kind: "park";
      readonly until: Timestamp;
      readonly reason: Reason;
      readonly refs: readonly string[];
      readonly legIndex: number;
    };

const STATES: Readonly<Record<string, DeliveryState>> = {
  q: "queued",
  s: "sending",
  u: "uncertain",
  b: "buried",
};

/** The legs' queues in Redis: ids in order, with the deliveries as records beside them. */
export class Legs {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** queued -> sending. False when it is gone or cancelled; undefined when the fence was lost. */
  async mark(leg: HeldLeg, delivery: DeliveryId): Promise<boolean | undefined> {
    const { connection, scripts } = this.#store;
    const reply = await connection.call(
      scripts.mark,
      [
        keys.conversation(leg.conversation),
        keys.delivery(delivery),
        keys.leg(leg.id),
        keys.legsDue(leg.account),
        keys.legFences(leg.account),
      ],
      [leg.id, leg.fence, delivery, LEASE],
    );
    return reply === -1 ? undefined : reply === 1;
  }

  /** Stores the adapter's note. False when the fence was lost. */
  async progress(leg: HeldLeg, delivery: DeliveryId, note: Sensitive<string>): Promise<boolean> {
    const { connection, scripts, vault } = this.#store;
    const sealed = vault.sealFor("24h", "progress", delivery, note.expose());
    const reply = await connection.call(
      scripts.progress,
      [keys.delivery(delivery), keys.legFences(leg.account)],
      [leg.id, leg.fence, sealed],
    );
    return reply === 1;
  }

  /**
   * Takes the head off its leg with what became of it, and marks the next one when it is `next`. `onReply` is called by the
   * very reply (see Lanes).
   */
  settle(
    leg: HeldLeg,
    delivery: { readonly id: DeliveryId; readonly payload: Pick<DeliveryPayload, "canonical" | "slice"> },
    settlement: Settlement,
    next: DeliveryId | undefined,
    onReply: (reply: SettleReply) => void,
  ): Promise<SettleReply> {
    const { connection, scripts, vault } = this.#store;
    const { canonical, slice } = delivery.payload;
    const place: MapPlace = { canonical, slice };
    const done = "refs" in settlement && settlement.refs.length > 0 ? settlement : undefined;
    const reverse =
      done === undefined ? [] : reverseRefs(vault, leg.account, done.refs, place, done.legIndex);
    const shared = settlement.kind === "done" && settlement.shared === true ? leg.conversation : undefined;
    const kept = settlement.kind === "park" || settlement.kind === "bury" ? settlement : undefined;
    const call = connection.call(
      scripts.settle,
      [
        keys.conversation(leg.conversation),
        keys.delivery(delivery.id),
        keys.leg(leg.id),
        keys.legsDue(leg.account),
        keys.legFences(leg.account),
        keys.map(slice, canonicalBytes(canonical)),
        keys.delivery(next ?? delivery.id),
        settlement.kind === "park" ? keys.parked : keys.buried,
        ...reverse.map(({ key }) => key),
      ],
      [
        leg.id,
        leg.fence,
        delivery.id,
        settlement.kind,
        LEASE,
        next ?? "",
        done === undefined ? "" : legField(canonical, done.legIndex),
        done === undefined ? "" : legEntry(vault, canonical, done.refs, vault.clock.now(), shared),
        sliceEnd(slice),
        kept?.until ?? 0,
        kept === undefined ? "" : keptNote(leg, kept.reason, vault.clock.now()),
        ...reverse.flatMap(({ field, value }) => [field, value]),
      ],
    );
    return call.then((raw) => {
      const reply = SETTLED[Number(raw) + 2] ?? "lost";
      onReply(reply);
      return reply;
    });
  }

  /**
   * Puts the head back. The leg stays with its holder, who tries again after `after` ms; for others it is due a lease later.
   * `takeBack`: the attempt doesn't count, marked or not. False when the fence was lost.
   */
  async retry(leg: HeldLeg, delivery: DeliveryId, after: Milliseconds, takeBack: boolean): Promise<boolean> {
    const { connection, scripts } = this.#store;
    const reply = await connection.call(
      scripts.retry,
      [keys.delivery(delivery), keys.legsDue(leg.account), keys.legFences(leg.account)],
      [leg.id, leg.fence, Math.max(0, Math.round(after)) + LEASE, takeBack ? "1" : "0"],
    );
    return reply === 1;
  }

  /** Puts a kept delivery back at the end of its leg, or ends it. True when it was kept. */
  async revive(
    delivery: DeliveryId,
    leg: LegId,
    action: "again" | "drop",
    from: "parked" | "buried",
  ): Promise<boolean> {
    const { connection, scripts } = this.#store;
    const note = await this.keptNote(delivery);
    if (note === undefined) return false;
    const reply = await connection.call(
      scripts.revive,
      [
        keys[from],
        keys.delivery(delivery),
        keys.leg(leg),
        keys.legsDue(note.account),
        keys.conversation(note.conversation),
      ],
      [delivery, leg, action],
    );
    return reply === 1;
  }

  /** Why a delivery is kept; undefined when it isn't. */
  async keptNote(delivery: DeliveryId): Promise<KeptNote | undefined> {
    const note = text(await this.#store.connection.command("HGET", keys.delivery(delivery), "w"));
    return note === undefined || note === "" ? undefined : (JSON.parse(note) as KeptNote); // written by settle
  }

  /** Deliveries that are kept, those that end first in front. */
  async kept(
    from: "parked" | "buried",
    upTo: Timestamp | "+inf",
    atMost: number,
  ): Promise<readonly DeliveryId[]> {
    const { connection } = this.#store;
    const ids = await connection.command("ZRANGEBYSCORE", keys[from], "-inf", upTo, "LIMIT", 0, atMost);
    return texts(ids) as DeliveryId[]; // written by settle
  }

  /** Ends a kept delivery, unless it was put back at the same moment. */
  async endKept(delivery: DeliveryId, from: "parked" | "buried"): Promise<void> {
    const note = await this.keptNote(delivery);
    if (note !== undefined) await this.revive(delivery, note.leg, "drop", from);
    else await this.#store.connection.command("ZREM", keys[from], delivery);
  }

  /** How many are kept. */
  async countKept(from: "parked" | "buried"): Promise<number> {
    return Number(await this.#store.connection.command("ZCARD", keys[from]));
  }

  /** Lets go of a leg that was found empty. False when something was committed meanwhile. */
  async release(leg: HeldLeg): Promise<boolean> {
    const { connection, scripts } = this.#store;
    const names = [keys.leg(leg.id), keys.legsDue(leg.account), keys.legFences(leg.account)];
    return (await connection.call(scripts.release, names, [leg.id])) === 1;
  }

  /** Claims legs of an account that are due; `all`: also those that a dead owner leased. */
  async claim(account: AccountId, fence: Fence, atMost: number, all: boolean): Promise<readonly LegId[]> {
    const claimed = await claim(
      this.#store,
      [keys.legsDue(account), keys.legFences(account)],
      fence,
      atMost,
      all,
    );
    return claimed.map(({ name }) => name as LegId); // written by commit
  }

  /** Renews leases; says which were lost. */
  async renew(account: AccountId, held: readonly { id: LegId; fence: Fence }[]): Promise<readonly LegId[]> {
    const pairs = held.map(({ id, fence }) => [id, fence] as const);
    const lost = await renew(this.#store, [keys.legsDue(account), keys.legFences(account)], pairs, LEASE);
    return lost as readonly LegId[]; // a part of what was given
  }

  /** The deliveries of a leg from the `skip`th on. Those whose record is gone come as ids alone, unreadable ones as errors. */
  async read(
    leg: LegId,
    skip: number,
    count: number,
  ): Promise<readonly (StoredDelivery | UnreadableDelivery)[]> {
    const ids = texts(await this.#store.connection.command("LRANGE", keys.leg(leg), skip, skip + count - 1));
    return Promise.all(ids.map((id) => this.byId(id as DeliveryId))); // written by commit
  }

  async byId(id: DeliveryId): Promise<StoredDelivery | UnreadableDelivery> {
    const { connection, vault } = this.#store;
    const hash = fields(await connection.command("HGETALL", keys.delivery(id)));
    const sealed = hash.get("p");
    const state = STATES[hash.get("s")?.toString() ?? ""];
    if (sealed === undefined || state === undefined) return { id, why: "gone" };
    try {
      const payload = JSON.parse(vault.open("delivery", id, sealed).toString()) as DeliveryPayload; // authenticated
      const markedAt = hash.get("t");
      const note = hash.get("r");
      return {
        id,
        state,
        payload,
        deadline: Number(hash.get("d")),
        attempts: Number(hash.get("a")),
        revived: Number(hash.get("x") ?? 0),
        ...(markedAt === undefined ? {} : { markedAt: Number(markedAt) }),
        ...(note === undefined
          ? {}
          : { progress: new Sensitive(vault.open("progress", id, note).toString()) }),
      };
    } catch (error) {
      return { id, why: "unreadable", error };
    }
  }

  /** How many deliveries wait for an account. */
  async backlog(account: AccountId): Promise<number> {
    const { connection } = this.#store;
    const legs = texts(await connection.command("ZRANGE", keys.legsDue(account), 0, -1));
    const lengths = await Promise.all(legs.map((id) => connection.command("LLEN", keys.leg(id as LegId)))); // written by commit
    return lengths.reduce<number>((sum, length) => sum + Number(length), 0);
  }
}

/** A delivery that stands in a queue and can't be worked on. */
export interface UnreadableDelivery {
  readonly id: DeliveryId;
  readonly why: "gone" | "unreadable";
  readonly error?: unknown;
}

const SETTLED: readonly SettleReply[] = ["settled", "lost", "empty", "marked", "more"];

/** Why and since when a delivery is kept: nothing personal, so it isn't sealed. */
function keptNote(leg: HeldLeg, reason: Reason, since: Timestamp): string {
  return JSON.stringify({ leg: leg.id, account: leg.account, conversation: leg.conversation, reason, since });
}

/** What is known of a kept delivery without opening it. */
interface KeptNote {
  readonly leg: LegId;
  readonly account: AccountId;
  readonly conversation: ConversationId;
  readonly reason: Reason;
  readonly since: Timestamp;
}

/** A leg of a conversation with its place in the list, which the message map counts by. */
export function legOf(conversation: Conversation, id: LegId): { leg: Leg; index: number } | undefined {
  const index = conversation.legs.findIndex((leg) => leg.id === id);
  const leg = conversation.legs[index];
  return leg === undefined ? undefined : { leg, index };
}

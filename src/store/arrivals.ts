import type { EventIdentity } from "../adapter/event.ts";
import type { AccountId, CanonicalId, ChatKey } from "../model/ids.ts";
import { DAY, MINUTE, type Milliseconds } from "../model/time.ts";
import { type AcceptedEvent, encodeEvent } from "./accepted-event.ts";
import { keys } from "./keys.ts";
import type { Fence } from "./meta.ts";
import type { RedisArgument } from "./redis/resp.ts";
import type { SlotKey } from "./redis/slots.ts";
import type { Vault } from "./vault.ts";

/** The most arrivals in one call: Redis does nothing else meanwhile (512 take it some 4 ms). Adapters give fewer. */
export const MOST_ARRIVALS = 512;

/** The most octets of sealed items in one call; a single one that is larger goes alone. */
export const MOST_OCTETS = 4 * 1024 * 1024;

/** How long an arrival without an id is remembered. */
export const FINGERPRINT_LIFETIME: Milliseconds = 10 * MINUTE;

const DEDUPE_PERIOD: Milliseconds = 7 * DAY;

/** How an event is recognised when it comes again, as the store needs it. */
export type Recognition =
  | {
      readonly kind: "id";
      readonly lookups: readonly { readonly generation: number; readonly value: Buffer }[];
      /** Among the ids since the cursor; absent for an account that reads by none. */
      readonly since?: Buffer;
    }
  | {
      readonly kind: "fingerprint";
      /** This period's, then the last one's where something may be remembered under it. */
      readonly lookups: readonly string[];
      readonly identity: Extract<EventIdentity, { kind: "fingerprint" }>;
    };

/** What came in from a network, as the store takes it. */
export type Arrival =
  | {
      readonly kind: "event";
      readonly chat: ChatKey;
      readonly event: AcceptedEvent;
      readonly by: Recognition;
    }
  /** A status: it goes by no lane, and needs no dedupe since it is merged monotonically. */
  | { readonly kind: "receipt"; readonly event: AcceptedEvent };

/** The canonical id of an event that has an id: its lookup. */
export function canonicalOf(by: Extract<Recognition, { kind: "id" }>): CanonicalId | undefined {
  return by.lookups[0]?.value.toString("base64url") as CanonicalId | undefined; // 12 octets as 16 characters
}

/** Arrivals as one call of `accept.lua`. */
interface AcceptCall {
  readonly arrivals: readonly Arrival[];
  readonly keys: readonly SlotKey<"i">[];
  readonly args: readonly RedisArgument[];
}

/** Whose arrivals they are; lanes that were empty are claimed for `lease` ms under the fence. */
interface Claimer {
  readonly account: AccountId;
  readonly lease: Milliseconds;
  readonly fence: Fence;
}

/** Seals arrivals and puts them into as few calls as their limits allow: nearly always one. @throws KeyNotReady */
export function acceptCalls(
  vault: Vault,
  claimer: Claimer,
  arrivals: readonly Arrival[],
): readonly AcceptCall[] {
  const calls: CallWriter[] = [];
  let call: CallWriter | undefined;
  for (const arrival of arrivals) {
    const sealed = sealArrival(vault, arrival);
    if (call === undefined || !call.hasRoomFor(sealed)) {
      call = new CallWriter(claimer);
      calls.push(call);
    }
    call.add(arrival, sealed);
  }
  return calls;
}

function sealArrival(vault: Vault, arrival: Arrival): Buffer {
  const name = arrival.kind === "event" ? arrival.chat : arrival.event.canonical;
  return vault.sealFor("24h", "lane-item", name, encodeEvent(arrival.event));
}

/** Writes KEYS and ARGV of `accept.lua`. */
class CallWriter implements AcceptCall {
  readonly arrivals: Arrival[] = [];
  readonly keys: SlotKey<"i">[];
  readonly args: RedisArgument[];
  readonly #account: AccountId;
  #octets = 0;

  constructor({ account, lease, fence }: Claimer) {
    this.#account = account;
    this.keys = [keys.lanesDue(account), keys.laneFences(account), keys.sinceCursor(account)];
    this.args = [lease, fence];
  }

  hasRoomFor(sealed: Buffer): boolean {
    return this.arrivals.length < MOST_ARRIVALS && this.#octets + sealed.length <= MOST_OCTETS;
  }

  add(arrival: Arrival, sealed: Buffer): void {
    this.arrivals.push(arrival);
    this.#octets += sealed.length;
    const account = this.#account;
    if (arrival.kind === "receipt") {
      const { canonical, acceptedAt } = arrival.event;
      this.keys.push(keys.receipts(account), keys.receiptsDue(account));
      this.args.push("r", canonical, sealed, acceptedAt);
    } else if (arrival.by.kind === "id") this.#addId(arrival.chat, sealed, arrival.by);
    else this.#addFingerprint(arrival.chat, sealed, arrival.by);
  }

  #addId(chat: ChatKey, sealed: Buffer, by: Extract<Recognition, { kind: "id" }>): void {
    const account = this.#account;
    const [current, previous] = by.lookups;
    if (current === undefined) throw new Error("an event's id has no lookup: the event pepper is missing");
    const bucket = keys.dedupe(account, current.generation, current.value);
    const before =
      previous === undefined ? bucket : keys.dedupe(account, previous.generation, previous.value);
    this.keys.push(bucket, before, keys.lane(account, chat));
    const expiry = (current.generation + 2) * DEDUPE_PERIOD;
    this.args.push("i", chat, sealed, current.value, previous?.value ?? "", by.since ?? "", expiry);
  }

  #addFingerprint(chat: ChatKey, sealed: Buffer, by: Extract<Recognition, { kind: "fingerprint" }>): void {
    const account = this.#account;
    const { session, order, repeats } = by.identity;
    const [current, previous = current] = by.lookups;
    if (current === undefined || previous === undefined)
      throw new Error("a fingerprint has no lookup: the event pepper is missing");
    const before = keys.fingerprint(account, previous);
    this.keys.push(keys.fingerprint(account, current), before, keys.lane(account, chat));
    this.args.push("f", chat, sealed, `${session}:${order}`, FINGERPRINT_LIFETIME, repeats.length);
    for (const repeat of repeats) this.args.push(repeat.session, repeat.after);
  }
}

import type { Accepted } from "../adapter/account.ts";
import { IntakeRefused } from "../adapter/errors.ts";
import type { InboundBody, InboundEvent } from "../adapter/event.ts";
import type { AccountId, CanonicalId } from "../model/ids.ts";
import type { AcceptedEvent } from "../store/accepted-event.ts";
import type { StoredCursor } from "../store/account-storage.ts";
import { canonicalOf, type LaneName, type Recognition } from "../store/lanes.ts";
import type { House } from "./house.ts";
import type { LaneWorker } from "./lane-worker.ts";
import { type Door, patiently } from "./patience.ts";
import type { ReceiptWorker } from "./receipt-worker.ts";

/** A text longer than this can't be bridged (UTF-16 code units): more than any network takes. */
const LONGEST_TEXT = 65_536;
/** The one way in: stores events of one account durably, in order. */
export class Intake {
  readonly #house: House;
  readonly #account: AccountId;
  readonly #door: Door;
  readonly #cursor: StoredCursor;
  readonly #lanes: LaneWorker;
  readonly #receipts: ReceiptWorker;

  constructor(
    house: House,
    account: AccountId,
    door: Door,
    cursor: StoredCursor,
    workers: { lanes: LaneWorker; receipts: ReceiptWorker },
  ) {
    this.#house = house;
    this.#account = account;
    this.#door = door;
    this.#cursor = cursor;
    this.#lanes = workers.lanes;
    this.#receipts = workers.receipts;
  }

  /** As `AccountHost.acceptAll`. @throws IntakeRefused */
  async acceptAll(batch: readonly InboundEvent[]): Promise<readonly Accepted[]> {
    // The canonical ids of events without an id are made once: asking Redis again about them changes nothing.
    const canonicals = batch.map(() => this.#house.store.vault.newId() as CanonicalId);
    try {
      return await patiently(this.#house, this.#door, () => this.#acceptNow(batch, canonicals));
    } catch (error) {
      if (error instanceof IntakeRefused && error.why === "store-full")
        this.#house.counters.add(this.#account, "refused", batch.length);
      throw error;
    }
  }

  async #acceptNow(
    batch: readonly InboundEvent[],
    canonicals: readonly CanonicalId[],
  ): Promise<readonly Accepted[]> {
    const { keyring } = this.#house.store.vault;
    keyring.epoch("24h", this.#house.clock.now()); // all or none: a key that isn't ready shows before the first call
    const calls = batch.map((event, i) => this.#accept(event, canonicals[i] ?? ("" as CanonicalId)));
    const settled = await Promise.allSettled(calls);
    const failed = settled.find((each) => each.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return settled.map((each) => (each.status === "fulfilled" ? each.value : "duplicate"));
  }

  #accept(event: InboundEvent, random: CanonicalId): Promise<Accepted> {
    const by = this.#recognition(event);
    const canonical = by.kind === "id" ? (canonicalOf(by) ?? random) : random;
    const accepted = acceptedEvent(event, canonical, this.#house.clock.now());
    if (event.body.kind === "status") {
      return this.#house.receipts.accept(this.#account, accepted).then((): Accepted => {
        this.#receipts.kick(this.#account);
        return "accepted";
      });
    }
    const chat = this.#house.store.vault.keyring.chat(this.#account, event.chat.expose());
    const lane: LaneName = { account: this.#account, chat };
    // Who writes in a chat that nobody knows yet gets a desk there: for that it takes the chat itself.
    const stored = this.#house.cache.peekLeg(chat) ? accepted : { ...accepted, chat: event.chat };
    const fence = this.#house.fences.next();
    const call = this.#house.lanes.accept(lane, stored, by, fence, (reply) => {
      this.#house.counters.add(this.#account, reply === "duplicate" ? "duplicate" : "accepted");
      this.#lanes.accepted(lane, stored, reply, fence);
    });
    return call.then((reply): Accepted => (reply === "duplicate" ? "duplicate" : "accepted"));
  }

  #recognition({ identity }: InboundEvent): Recognition {
    const { keyring } = this.#house.store.vault;
    if (identity.kind === "id") {
      const id = identity.id.expose();
      const lookups = keyring.event(this.#account, id);
      return this.#cursor.used
        ? { kind: "id", lookups, since: keyring.sinceCursor(this.#account, id) }
        : { kind: "id", lookups };
    }
    return {
      kind: "fingerprint",
      lookup: keyring.fingerprint(this.#account, identity.fingerprint.expose()),
      identity,
    };
  }
}

function acceptedEvent(event: InboundEvent, canonical: CanonicalId, now: number): AcceptedEvent {
  return {
    canonical,
    from: event.from,
    at: event.at,
    acceptedAt: now,
    ...(event.ref === undefined ? {} : { ref: event.ref }),
    body: bounded(event.body),
  };
}

/** What is too long for any network is told to its sender as something that can't be bridged. */
function bounded(body: InboundBody): InboundBody {
  const content = body.kind === "message" || body.kind === "edit" ? body.content : undefined;
  if (content === undefined || content.kind === "unbridgeable" || content.text.length <= LONGEST_TEXT)
    return body;
  return { kind: "malformed", what: "other" };
}

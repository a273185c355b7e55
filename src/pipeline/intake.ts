import type { Accepted } from "../adapter/account.ts";
import { IntakeRefused } from "../adapter/errors.ts";
import type { InboundBody, InboundEvent } from "../adapter/event.ts";
import type { AccountId, CanonicalId, ChatKey } from "../model/ids.ts";
import type { AcceptedEvent } from "../store/accepted-event.ts";
import type { StoredCursor } from "../store/account-storage.ts";
import { type Arrival, canonicalOf, FINGERPRINT_LIFETIME, type Recognition } from "../store/arrivals.ts";
import type { Taken } from "../store/lanes.ts";
import type { Fence } from "../store/meta.ts";
import type { House } from "./house.ts";
import type { LaneWorker } from "./lane-worker.ts";
import { type Door, patiently } from "./patience.ts";
import type { ReceiptWorker } from "./receipt-worker.ts";

/** A text longer than this can't be bridged (UTF-16 code units): more than any network takes. */
const LONGEST_TEXT = 65_536;

const ACCEPTED = "footbridge_events_accepted_total";
const DUPLICATE = "footbridge_events_duplicate_total";

/** The one way in: stores what comes to one account durably, in order, with one call for a batch. */
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
    const { clock, counters } = this.#house;
    const began = clock.monotonic();
    // The canonical ids of events without an id are made once: asking Redis again about them changes nothing.
    const canonicals = batch.map(() => this.#house.store.vault.newId() as CanonicalId);
    try {
      const accepted = await patiently(this.#house, this.#door, () => this.#acceptNow(batch, canonicals));
      counters.took("footbridge_accept_seconds", this.#account, clock.monotonic() - began);
      return accepted;
    } catch (error) {
      if (error instanceof IntakeRefused)
        counters.addBy("footbridge_events_refused_total", this.#account, error.why, batch.length);
      throw error;
    }
  }

  async #acceptNow(
    batch: readonly InboundEvent[],
    canonicals: readonly CanonicalId[],
  ): Promise<readonly Accepted[]> {
    const arrivals = batch.map((event, i) => this.#arrival(event, canonicals[i] ?? ("" as CanonicalId)));
    const fence = this.#house.fences.next();
    const replies = await this.#house.lanes.accept(this.#account, arrivals, fence, (taken) =>
      this.#taken(taken, fence),
    );
    return replies.map((reply) => (reply === "duplicate" ? "duplicate" : "accepted"));
  }

  #taken(taken: readonly Taken[], fence: Fence): void {
    let receipts = false;
    for (const { reply } of taken) {
      if (reply === "waits") receipts = true;
      else this.#house.counters.add(reply === "duplicate" ? DUPLICATE : ACCEPTED, this.#account);
    }
    this.#lanes.accepted(this.#account, taken, fence);
    if (receipts) this.#receipts.kick(this.#account);
  }

  #arrival(event: InboundEvent, random: CanonicalId): Arrival {
    const by = this.#recognition(event);
    const canonical = by.kind === "id" ? (canonicalOf(by) ?? random) : random;
    const accepted = acceptedEvent(event, canonical, this.#house.clock.now());
    if (event.body.kind === "status") return { kind: "receipt", event: accepted };
    const chat = this.#house.store.vault.keyring.chat(this.#account, event.chat.expose());
    const { alsoFrom } = event;
    const stored = this.#isConversation(chat)
      ? accepted
      : { ...accepted, chat: event.chat, ...(alsoFrom === undefined ? {} : { alsoFrom }) };
    return { kind: "event", chat, event: stored, by };
  }

  /**
   * Elsewhere the chat itself is stored, too. Who writes in one that nobody knows yet gets a desk there, and who is forgotten
   * before this is decided begins anew: both take it.
   */
  #isConversation(chat: ChatKey): boolean {
    const { cache } = this.#house;
    const place = cache.peekLeg(chat);
    const origin = place && cache.peek(place.conversation)?.record.origin;
    return origin !== undefined && origin !== "desk";
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
    const text = identity.fingerprint.expose();
    const lookups = keyring.fingerprints(this.#account, text, FINGERPRINT_LIFETIME);
    return { kind: "fingerprint", lookups, identity };
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

import type { Address } from "./address.ts";
import type { Feature } from "./capabilities.ts";
import type { AccountId, ChatKey, ConversationId, DeliveryId, LegId, PersonId, SeatId } from "./ids.ts";
import type { Sensitive } from "./sensitive.ts";
import type { Timestamp } from "./time.ts";

/** A person's place in a conversation. `name` is the pseudonym that the others see. */
export interface Seat {
  readonly id: SeatId;
  readonly person: PersonId;
  readonly name: string;
  readonly state: "accepted" | "left";
}

/** Where a seat is reached in a conversation. */
export interface Leg {
  readonly id: LegId;
  readonly seat: SeatId;
  readonly account: AccountId;
  readonly to: Sensitive<Address>;
  /** Our own number that they text, where the account has numbers. */
  readonly number?: Sensitive<Address>;
  /** What the adapter names the portal after: base32 of 128 random bits, stored before the first call. */
  readonly alias: string;
  /** The adapter's own reference; absent until the portal was opened. */
  readonly portal?: Sensitive<string>;
  readonly chat?: ChatKey;
  /** The person left the native thread; the next message opens it again. */
  readonly away: boolean;
}

/** The last thing that the bridge asked on a seat's leg; `1` and `2` answer it while it is open. */
export interface Question {
  readonly kind: "send-again";
  readonly delivery: DeliveryId;
  readonly until: Timestamp;
}

/** What all participants of a conversation share. */
export interface ConversationRecord {
  readonly open: boolean;
  /** `pair`: made from the operator's config, and closed when it is taken out there. */
  readonly origin: "pair";
  /** What was said once and isn't said again: `edit:<leg>`. */
  readonly told: readonly string[];
  readonly questions: Readonly<Record<string, Question>>;
}

/** A conversation as it was at a version: what `decide` looks at. */
export interface Conversation {
  readonly id: ConversationId;
  readonly version: number;
  readonly gate: number;
  readonly record: ConversationRecord;
  readonly seats: readonly Seat[];
  readonly legs: readonly Leg[];
}

/** One change of a conversation; all those of a decision become durable together, and raise the version by one. */
export type Change =
  | { readonly kind: "record"; readonly record: ConversationRecord }
  | { readonly kind: "seat"; readonly seat: Seat }
  | { readonly kind: "leg"; readonly leg: Leg }
  /** Closes the gate to everything that was queued before. */
  | { readonly kind: "gate" };

/** The conversation after the changes, one version on. */
export function applyChanges(conversation: Conversation, changes: readonly Change[]): Conversation {
  if (changes.length === 0) return conversation;
  let { record, seats, legs, gate } = conversation;
  for (const change of changes) {
    if (change.kind === "record") record = change.record;
    else if (change.kind === "gate") gate += 1;
    else if (change.kind === "seat")
      seats = seats.map((seat) => (seat.id === change.seat.id ? change.seat : seat));
    else legs = legs.map((leg) => (leg.id === change.leg.id ? change.leg : leg));
  }
  return { ...conversation, version: conversation.version + 1, gate, record, seats, legs };
}

/** A `told` mark for a loss on a leg. */
export function toldMark(feature: Feature, leg: LegId): string {
  return `${feature}:${leg}`;
}

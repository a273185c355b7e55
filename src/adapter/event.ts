import type { Address } from "../model/address.ts";
import type { Content, Unbridgeable } from "../model/content.ts";
import type { Reason } from "../model/reason.ts";
import type { Sensitive } from "../model/sensitive.ts";
import type { Timestamp } from "../model/time.ts";

export type { Address } from "../model/address.ts";

/** A message on its network: event id, stanza id, SMSC message id. Scoped to the account. */
export type NetworkMessageRef = Sensitive<string>;

/**
 * The native chat that an event came from, or that a portal is: its events are a lane, in order.
 * A string of the adapter's own making, the same for the same chat for ever (a room id; number and phone).
 */
export type NativeChat = Sensitive<string>;

/** How a repeat of an event is recognised. */
export type EventIdentity =
  /** The network gives an id. It is remembered for 7 days, and at least until the cursor after it was saved. */
  | { readonly kind: "id"; readonly id: Sensitive<string> }
  /**
   * The network gives none (SMPP's deliver_sm). `fingerprint` is everything that a repeat would have in common;
   * `session` and `order` name this very arrival, so that asking again about it is no repeat.
   * A repeat is suppressed once, for each arrival with the same fingerprint in one of the `repeats` sessions after the
   * given order: those that ended badly and may have left it unanswered. Remembered for 10 minutes.
   */
  | {
      readonly kind: "fingerprint";
      readonly fingerprint: Sensitive<string>;
      readonly session: string;
      readonly order: number;
      readonly repeats: readonly { readonly session: string; readonly after: number }[];
    };

/** What became of a message that we sent, as its network says later. Merged monotonically, never backwards. */
export type ReceiptStatus = "delivered" | "read" | "failed" | "expired";

export type InboundBody =
  | { readonly kind: "message"; readonly content: Content; readonly replyTo?: NetworkMessageRef }
  | { readonly kind: "edit"; readonly target: NetworkMessageRef; readonly content: Content }
  | { readonly kind: "reaction"; readonly target: NetworkMessageRef; readonly emoji: string | null }
  | { readonly kind: "delete"; readonly targets: readonly NetworkMessageRef[] }
  /** A receipt. It goes by a lane of its own; an unknown ref waits 30 s for its message's outcome. */
  | {
      readonly kind: "status";
      readonly targets: readonly NetworkMessageRef[];
      readonly status: ReceiptStatus;
      readonly reason?: Reason;
    }
  /** Somebody joined or left the portal's native thread. */
  | { readonly kind: "membership"; readonly change: "joined" | "left" | "invited" }
  /** It came, and can't be read. Kept for the operator, never bridged. */
  | { readonly kind: "malformed"; readonly what: Unbridgeable };

/** Something that happened on a network. An adapter hands it over and acknowledges it only after `acceptAll` answered. */
export interface InboundEvent {
  readonly identity: EventIdentity;
  readonly chat: NativeChat;
  /** Who did it. */
  readonly from: Sensitive<Address>;
  /** Other addresses of the same sender (a JID beside a LID). */
  readonly alsoFrom?: readonly Sensitive<Address>[];
  /** The network's own time of it; the time of arrival where it gives none. */
  readonly at: Timestamp;
  /** `caughtUp`: it happened while we were away. */
  readonly timing: "live" | "caughtUp";
  /** The message's own ref, where the network has one, for replies, edits and receipts. */
  readonly ref?: NetworkMessageRef;
  readonly body: InboundBody;
}

/** Lossy news that never touches Redis. */
export type InboundSignal = {
  readonly kind: "typing";
  readonly chat: NativeChat;
  readonly from: Sensitive<Address>;
  readonly typing: boolean;
};

/** Lossy news towards a network. */
export type OutboundSignal = {
  readonly kind: "typing";
  readonly portal: PortalRef;
  readonly typing: boolean;
};

/**
 * What an adapter needs to reach a leg's native thread, in a form of its own making (a JSON string); the core stores it
 * sealed and hands it back as it was.
 */
export type PortalRef = Sensitive<string>;

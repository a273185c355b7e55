import type { Command } from "./command.ts";
import type { HandleCode, LinkCode } from "./handle.ts";
import type { AccountId, CanonicalId, ConversationId, DeliveryId, LegId, PersonId } from "./ids.ts";
import type { GivenAway } from "./texts.ts";
import type { Timestamp } from "./time.ts";

/** What a person answers to a request. */
export type RequestAnswer = "accept" | "decline" | "block";

/**
 * What a decision asks for beyond its own conversation: other people's records, handles, numbers. It is frozen with the
 * decision, and done before its lane goes on; each of its steps can be repeated. It holds no message: that stands in the lane
 * until it is done.
 */
export type Errand = {
  /** The event that it comes from: what it makes is named after it. */
  readonly id: CanonicalId;
  readonly at: Timestamp;
} & ErrandWork;

export type ErrandWork =
  /** A text with one or more handle codes: the first that is in use counts. `whole`: all of the text is for its owner. */
  | {
      readonly kind: "contact";
      readonly codes: readonly HandleCode[];
      readonly whole: boolean;
      readonly cut?: number;
    }
  /** A text that is nothing the bridge knows. `hint`: what is said to somebody who is known; `isSlip`: it looks like a command. */
  | { readonly kind: "stranger"; readonly hint: string; readonly isSlip: boolean }
  /** A text in a shared chat, for the conversation that is meant. `cut`: a character that isn't sent stands there (`//`). */
  | { readonly kind: "say"; readonly conversation: ConversationId; readonly cut?: number }
  /** A text in a shared chat, and nobody knows for which conversation: it is held, and its writer is asked. */
  | { readonly kind: "hold"; readonly cut?: number }
  /** All texts that were held go to the one that was chosen. */
  | { readonly kind: "release"; readonly conversation: ConversationId }
  /** A text that gives something away (or stands behind one that does): it is held, and its writer is asked. */
  | { readonly kind: "guard"; readonly what: GivenAway | undefined }
  /** Texts that wait, or may, were taken back or changed by their writer. */
  | { readonly kind: "revise" }
  /** A text that gives something away is sent, or isn't. */
  | { readonly kind: "answer-guard"; readonly answer: "send" | "drop" | "always" }
  /** What may not have arrived is sent again, or isn't. */
  | {
      readonly kind: "send-again";
      readonly delivery: DeliveryId;
      readonly leg: LegId;
      readonly action: "again" | "drop";
    }
  | { readonly kind: "answer-request"; readonly request: number; readonly answer: RequestAnswer }
  /** A link code alone, from the account that is to be linked. */
  | { readonly kind: "redeem-link"; readonly code: LinkCode }
  /** The answer of the account that is to be linked; `desk` and `person` gave the code out. */
  | {
      readonly kind: "join-link";
      readonly desk: ConversationId;
      readonly person: PersonId;
      readonly yes: boolean;
    }
  /** The answer of the account that gave the code out; `desk` and `guest` sent it. */
  | {
      readonly kind: "confirm-link";
      readonly desk: ConversationId;
      readonly guest: PersonId;
      readonly yes: boolean;
    }
  /** They wrote from another of their accounts than the one where they were reached. */
  | { readonly kind: "follow" }
  /** A desk's chat can't be read: its person gets one that can. */
  | { readonly kind: "readable-desk" }
  /** Who runs the bridge links one of its accounts with its phone. */
  | { readonly kind: "pair-account"; readonly account: AccountId; readonly by: "qr" | "code" }
  | { readonly kind: "opt-out" }
  | { readonly kind: "opt-in" }
  | { readonly kind: "forget-me" }
  /** A command that needs more than the chat in which it was given. */
  | { readonly kind: "command"; readonly command: Command };

export type ErrandKind = ErrandWork["kind"];

import type { CanonicalId, ConversationId, PersonId } from "./ids.ts";
import type { Timestamp } from "./time.ts";

/** What a person answers to a request. */
export type RequestAnswer = "accept" | "decline" | "block";

/**
 * What a decision asks for beyond its own conversation: other people's records, handles, numbers. It is frozen with the
 * decision, and done before its lane goes on; each of its steps can be repeated. It holds no text: that stands in the lane
 * until it is done.
 */
export type Errand = {
  /** The event that it comes from: what it makes is named after it. */
  readonly id: CanonicalId;
  readonly at: Timestamp;
} & ErrandWork;

export type ErrandWork =
  /** A text with one or more handle codes: the first that is in use counts. */
  | { readonly kind: "contact"; readonly codes: readonly string[] }
  /** A text that names nobody, in a chat without an open conversation. */
  | { readonly kind: "stranger" }
  /** A text in a shared chat, for the conversation that has the focus. */
  | { readonly kind: "say"; readonly conversation: ConversationId }
  /** All texts that were held since a question, for the one that was chosen; undefined: nobody. */
  | { readonly kind: "release"; readonly conversation: ConversationId | undefined }
  | { readonly kind: "answer-request"; readonly request: number; readonly answer: RequestAnswer }
  | {
      readonly kind: "make-handle";
      readonly label: string;
      /** In ms; undefined: until it is ended. */
      readonly lifetime: number | undefined;
    }
  | { readonly kind: "end-handle"; readonly label: string }
  | { readonly kind: "list-handles" }
  | { readonly kind: "make-link" }
  /** A link code alone, from the account that is to be linked. */
  | { readonly kind: "redeem-link"; readonly code: string }
  /** The other account's yes or no. */
  | { readonly kind: "join-link"; readonly yes: boolean }
  /** The first account's yes or no. */
  | { readonly kind: "confirm-link"; readonly yes: boolean; readonly guest: PersonId }
  | { readonly kind: "unlink"; readonly network: string | undefined }
  | { readonly kind: "show-me" }
  | { readonly kind: "prefer"; readonly networks: readonly string[] }
  | { readonly kind: "block"; readonly name: string | undefined }
  | { readonly kind: "unblock"; readonly name: string }
  | { readonly kind: "list-blocked" }
  | { readonly kind: "mute"; readonly name: string | undefined; readonly on: boolean }
  | { readonly kind: "rename"; readonly name: string }
  | { readonly kind: "opt-out" }
  | { readonly kind: "opt-in" }
  | { readonly kind: "guard"; readonly on: boolean }
  | { readonly kind: "forget-me" }
  | { readonly kind: "export" };

export type ErrandKind = ErrandWork["kind"];

import type { Address } from "./address.ts";
import type { Feature } from "./capabilities.ts";
import type { Errand, RequestAnswer } from "./errand.ts";
import type { HandleCode, HandleId } from "./handle.ts";
import type {
  AccountId,
  CanonicalId,
  ChatKey,
  ConversationId,
  DeliveryId,
  IdentityId,
  LegId,
  PersonId,
  SeatId,
} from "./ids.ts";
import type { Sensitive } from "./sensitive.ts";
import type { Timestamp } from "./time.ts";

/**
 * A person's place in a conversation. `name` is the pseudonym that the others see.
 * `requested`: they were asked and haven't answered. `blocked`: they don't want to hear of it, and the others aren't told.
 */
export interface Seat {
  readonly id: SeatId;
  readonly person: PersonId;
  readonly name: string;
  readonly state: "requested" | "accepted" | "blocked" | "left";
  /** Which of the seat's legs is used; the first one when it is absent. */
  readonly via?: LegId;
  /** The identity by which they are to be reached, which has no leg here yet: the next message for them makes one. */
  readonly wants?: IdentityId;
  /** They chose where they are reached: writing from elsewhere doesn't change it. */
  readonly pinned?: boolean;
  /** They don't want to be asked before they give an address away. */
  readonly unguarded?: boolean;
  /** They don't want to hear of this conversation now; the others aren't told. */
  readonly muted?: boolean;
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
  /** The lane of its native thread, where it has that for itself. */
  readonly chat?: ChatKey;
  /** The desk in whose chat it is led. */
  readonly desk?: ConversationId;
  /** It is a group of the conversation's own: the leg at a desk that serves while it can't be had. */
  readonly behind?: LegId;
  /** The person left the native thread; the next message opens it again. */
  readonly away: boolean;
  /** The account behind it isn't its person's any more: nothing goes there, and nothing is heard from there. */
  readonly over?: boolean;
  /** Raised, it closes this leg to everything that was queued on it before. */
  readonly gate?: number;
}

/** The last thing that the bridge asked somebody; `1` and `2` answer it while it is open. */
export type Question = {
  readonly until: Timestamp;
  /** The commit by which it was asked: a reaction to what came with it answers it. */
  readonly asked?: CanonicalId;
} & (
  | { readonly kind: "send-again"; readonly delivery: DeliveryId; readonly leg: LegId }
  /** A request of the desk, by its number. */
  | { readonly kind: "request"; readonly request: number }
  /** Whether this account is to be linked with the one that gave the code out. */
  | { readonly kind: "join-link"; readonly desk: ConversationId; readonly person: PersonId }
  /** Whether the account that sent the code is to be linked with this one. */
  | { readonly kind: "confirm-link"; readonly desk: ConversationId; readonly guest: PersonId }
  /** What to say to the owner of a handle whose code came alone: the next text is it. */
  | { readonly kind: "first-text"; readonly code: HandleCode }
  /** For which conversation of a shared chat the held texts are, in the order of the list that was shown. */
  | { readonly kind: "whom"; readonly conversations: readonly ConversationId[] }
  /** Whether a text that gives an address away is sent. `isFocus`: what its writer says for nobody in particular waits behind it. */
  | { readonly kind: "guard"; readonly isFocus?: boolean }
  | { readonly kind: "forget-me" }
);

/** Texts that wait until their writer says whether the first of them is sent. */
export interface GuardedTexts {
  /** When they are given up. */
  readonly until: Timestamp;
  readonly texts: readonly string[];
}

/** What all kinds of conversations have. */
interface SharedRecord {
  readonly open: boolean;
  /** What was said once and isn't said again: `edit:<leg>`. */
  readonly told: readonly string[];
  /** By seat. */
  readonly questions: Readonly<Record<string, Question>>;
  /** What was decided on a leg's lane and isn't done yet, by leg. */
  readonly errands?: Readonly<Record<string, Errand>>;
  /** Texts that wait for an answer of their writer, by seat. */
  readonly held?: Readonly<Record<string, HeldTexts>>;
  /** Texts that wait because one of them gives something away, by seat: sealed in the same way, that one first. */
  readonly guarded?: Readonly<Record<string, GuardedTexts>>;
}

/** Texts that wait for an answer of their writer; then they are sent, or the writer is told that they weren't. */
export interface HeldTexts {
  readonly until: Timestamp;
  /** Each sealed under its day's key, in base64. */
  readonly texts: readonly string[];
}

/** Made from the operator's config, and closed when it is taken out there. */
export interface PairRecord extends SharedRecord {
  readonly origin: "pair";
}

/** Begun by a text with somebody's handle. */
export interface ContactRecord extends SharedRecord {
  readonly origin: "contact";
  /** The handle that the guest wrote to, and its label: all that they see of its owner. */
  readonly handle: HandleId;
  readonly label: string;
  /** Whose handle it is; the other seat is the guest's. */
  readonly owner: SeatId;
  /** The desk where the owner is asked. */
  readonly desk: ConversationId;
  /** The first texts, kept until the owner answers: each sealed under its week's key, in base64, by its canonical id. */
  readonly kept: Readonly<Record<string, string>>;
  /** When the request ends if it isn't answered. Who was blocked is told so then, as anybody. */
  readonly requestUntil: Timestamp;
  /** What became of the request; absent while it waits, and for who was blocked. `none`: nobody answered it in time. */
  readonly answer?: Exclude<RequestAnswer, "block"> | "none";
}

/** A request that the desk's person can answer by its number. */
export interface OpenRequest {
  readonly number: number;
  readonly conversation: ConversationId;
  /** The guest's pseudonym. */
  readonly name: string;
  readonly label: string;
  /** The commit by which the owner was asked: a reaction to it answers this request. */
  readonly asked: CanonicalId;
}

/** A conversation that is led in the desk's own chat. */
export interface Thread {
  readonly conversation: ConversationId;
  readonly leg: LegId;
  /** As this person sees the other side. */
  readonly name: string;
  readonly label?: string;
  /** When something was last said there, by either side. */
  readonly at: Timestamp;
}

/** A conversation that was led in the desk's own chat until then. */
export interface EndedThread {
  readonly conversation: ConversationId;
  readonly at: Timestamp;
}

/** A text that went to a conversation which isn't led in the chat where it was written, or not only. */
export interface SaidText {
  /** An HMAC of its id on its network. */
  readonly ref: string;
  readonly conversation: ConversationId;
  readonly at: Timestamp;
}

/** The bridge's own chat with a person on one account: the room with the bot, or one of our numbers. */
export interface DeskRecord extends SharedRecord {
  readonly origin: "desk";
  readonly requests: readonly OpenRequest[];
  /** The number of the last request. */
  readonly lastRequest: number;
  readonly threads: readonly Thread[];
  /** Those that ended lately: a text may still be meant for them. */
  readonly ended?: readonly EndedThread[];
  /** For whom its person's last texts were: they may change them, or take them back. */
  readonly said?: readonly SaidText[];
  /** When its person last did something there, to the day. */
  readonly seen?: Timestamp;
  /** Its person wants a group for each conversation. */
  readonly groups?: true;
  /** Whom a text is for that says nothing of it. */
  readonly focus?: { readonly conversation: ConversationId; readonly until: Timestamp };
  /**
   * What is written there can't be read; when its person was last told, 0 before they were. They are asked at another desk
   * while there is one.
   */
  readonly unreadable?: Timestamp;
  /** What its person, who runs the bridge, was last told of what doesn't work (an account, an alert), by its name: a key of that. */
  readonly news?: Readonly<Record<string, string>>;
}

/** What all participants of a conversation share. */
export type ConversationRecord = PairRecord | ContactRecord | DeskRecord;

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
  /** A leg that is changed, or a new one of a seat that is there. */
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
    else legs = withLeg(legs, change.leg);
  }
  return { ...conversation, version: conversation.version + 1, gate, record, seats, legs };
}

function withLeg(legs: readonly Leg[], changed: Leg): readonly Leg[] {
  const isNew = legs.every(({ id }) => id !== changed.id);
  return isNew ? [...legs, changed] : legs.map((leg) => (leg.id === changed.id ? changed : leg));
}

/** A record in which a seat isn't asked anything any more. */
export function withoutQuestion<R extends ConversationRecord>(record: R, seat: SeatId): R {
  const { [seat]: _answered, ...questions } = record.questions;
  return { ...record, questions };
}

/** The leg by which a seat is reached now; undefined when it has none yet. */
export function legOfSeat({ legs }: Pick<Conversation, "legs">, seat: Seat): Leg | undefined {
  const own = legs.filter((leg) => leg.seat === seat.id && leg.over !== true);
  return own.find(({ id }) => id === seat.via) ?? own[0];
}

/** Whether the guest of a request waits for its answer, as far as they can see. */
export function isWaiting({ open, answer }: ContactRecord): boolean {
  return open && answer === undefined;
}

/** A `told` mark for a loss on a leg. */
export function toldMark(feature: Feature, leg: LegId): string {
  return `${feature}:${leg}`;
}

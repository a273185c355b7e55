import type { Account } from "../../adapter/account.ts";
import type {
  Change,
  Conversation,
  ConversationRecord,
  DeskRecord,
  Leg,
  Seat,
} from "../../model/conversation.ts";
import type { PlannedDelivery } from "../../model/delivery.ts";
import type { Errand, ErrandKind } from "../../model/errand.ts";
import type { AccountId, CanonicalId, ConversationId } from "../../model/ids.ts";
import type { FrontDoor } from "../../model/texts.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import type { NumberPool } from "../../store/number-pool.ts";
import type { Desks } from "../desks.ts";
import type { House } from "../house.ts";
import { type Committer, commitOwn, type OwnWork } from "../own-commit.ts";
import type { Pairings } from "../pairing/pairings.ts";

/** What all errands share. */
export interface Office {
  readonly house: House;
  readonly committer: Committer;
  readonly accounts: ReadonlyMap<AccountId, Account>;
  /** Where people reach this bridge, as it is read on an account's network. */
  readonly doors: (here: AccountId) => readonly FrontDoor[];
  /** Links that open an app with a code in it. */
  readonly links: (code: string) => readonly string[];
  readonly desks: Desks;
  /** What is being linked with its phone, from the chat of who runs the bridge. */
  readonly pairings: Pairings;
  /** Of the accounts that have numbers. */
  readonly pools: ReadonlyMap<AccountId, NumberPool>;
}

/** Where an errand comes from. */
export interface ErrandScene extends Office {
  /** The conversation in which it was decided, most often a desk, as it was when the errand was begun. */
  readonly conversation: Conversation;
  readonly leg: Leg;
  /** Who wants it. */
  readonly seat: Seat;
  /** What they wrote: it stands in the lane until the errand is done. */
  readonly event: AcceptedEvent;
}

/** How an errand ends: all of it is committed in its conversation together with its end. */
export interface Ending {
  /** What is said to whoever wanted it, in this order. */
  readonly say?: readonly string[];
  /** The record after it; made from the newest one, maybe more than once. */
  readonly record?: (record: ConversationRecord) => ConversationRecord;
  /** Other changes and deliveries in the conversation. */
  readonly more?: (conversation: Conversation) => {
    readonly changes: readonly Change[];
    readonly deliveries: readonly PlannedDelivery[];
  };
}

/** Does an errand; it may be called again after a crash, so each of its steps must change nothing the second time. */
export type ErrandHandler<K extends ErrandKind> = (
  scene: ErrandScene,
  errand: Extract<Errand, { kind: K }>,
) => Promise<Ending>;

/** The first octet of the canonical ids of errands' steps (own-commit.ts, pairs.ts and due/ have others). */
const ERRAND = 0x20;
/** The step that ends an errand; those before it count from 0. */
export const LAST_STEP = 0xff;

/** The canonical id of an errand's step: the same each time, so that it is committed once. @param step 0..254 */
export function stepId(errand: CanonicalId, step: number): CanonicalId {
  const id = Buffer.concat([Buffer.of(ERRAND, step), Buffer.from(errand, "base64url")]);
  return id.toString("base64url") as CanonicalId; // of our own making
}

/** A step of an errand in another conversation, committed once. Says whether there was anything to do. @throws StoreAway */
export function commitStep(
  { house, committer, event }: ErrandScene,
  conversation: ConversationId,
  step: number,
  make: (conversation: Conversation) => OwnWork | undefined,
): Promise<boolean> {
  const what = { conversation, canonical: stepId(event.canonical, step), acceptedAt: event.acceptedAt };
  return commitOwn(house, committer, what, make);
}

/** A step that changes a desk's record and no more. @throws StoreAway */
export function changeDesk(
  scene: ErrandScene,
  desk: ConversationId,
  step: number,
  change: (desk: DeskRecord) => DeskRecord,
): Promise<boolean> {
  return commitStep(scene, desk, step, ({ record }) =>
    record.origin === "desk"
      ? { changes: [{ kind: "record", record: change(record) }], deliveries: [] }
      : undefined,
  );
}

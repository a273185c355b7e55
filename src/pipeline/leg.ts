import type { Account } from "../adapter/account.ts";
import type { PlannedDelivery } from "../model/delivery.ts";
import type { AccountId, DeliveryId, LegId } from "../model/ids.ts";
import type { Take } from "../model/limits.ts";
import type { Sensitive } from "../model/sensitive.ts";
import type { Milliseconds, Timestamp } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import type { Logger } from "../observe/log.ts";
import { type Commit, payloadOf } from "../store/commits.ts";
import type { DeliveryPayload, HeldLeg, StoredDelivery, UnreadableDelivery } from "../store/legs.ts";
import type { AccountGate } from "./account-gate.ts";

/** A delivery as the worker holds it. */
export interface Pending {
  readonly id: DeliveryId;
  /** Absent when its record can't be opened any more: then it is only taken off its leg. */
  readonly payload: DeliveryPayload | undefined;
  readonly deadline: Timestamp;
  /** How many tries counted, this one included once it is marked. */
  attempts: number;
  /** It may have happened: Redis knows it as sending. */
  marked: boolean;
  markedAt: Timestamp | undefined;
  /** A place of its account was taken for it: when it was marked with its commit, or as its turn came. */
  hasPlace: boolean;
  /** It was marked by a process or a boot before us, and nobody knows how that try ended. */
  interrupted: boolean;
  progress: Sensitive<string> | undefined;
  /** What it was charged for; absent before, and for what costs nothing. */
  taken?: readonly Take[];
  /** How often it was kept and put back: what is said about it is said anew. */
  readonly revived: number;
}

/** A leg that is ours. */
export interface Leg {
  readonly id: LegId;
  held: HeldLeg;
  /** What is known of it, from its head on, without gaps. */
  readonly queue: Pending[];
  /** Redis has more behind them. */
  more: boolean;
  reading: boolean;
  /** `working`: somebody runs it. `resting`: until its turn comes, or its retry is due. */
  phase: "working" | "resting";
  rest: AbortController | undefined;
  /** When its work last made a step, on the monotonic clock. */
  movedAt: Milliseconds;
  /** Tries in a row that came to nothing, for the spacing of the next. */
  failures: number;
  /** Its sender was told of this outage. */
  told: boolean;
}

/** An account at work, and the gate before it. */
export interface Workplace {
  readonly account: Account;
  readonly gate: AccountGate;
}

/** A delivery as it was just committed. */
export function freshPending(
  commit: Commit,
  delivery: PlannedDelivery,
  marked: boolean,
  now: Timestamp,
): Pending {
  return {
    id: delivery.id,
    payload: payloadOf(commit, delivery),
    deadline: delivery.deadline,
    attempts: marked ? 1 : 0,
    marked,
    markedAt: marked ? now : undefined,
    hasPlace: marked,
    interrupted: false,
    progress: undefined,
    revived: 0,
  };
}

/**
 * A delivery as it was read back. What is marked was interrupted: nobody knows how that try ended, unless we know that it
 * never began.
 */
export function storedPending(delivery: StoredDelivery | UnreadableDelivery, neverBegun = false): Pending {
  const readable = "why" in delivery ? undefined : delivery;
  const marked = readable?.state === "sending";
  return {
    id: delivery.id,
    payload: readable?.payload,
    deadline: readable?.deadline ?? 0,
    attempts: readable?.attempts ?? 0,
    marked,
    markedAt: readable?.markedAt,
    hasPlace: false,
    interrupted: marked && !neverBegun,
    progress: readable?.progress,
    revived: readable?.revived ?? 0,
  };
}

/** A leg that is ours from now on. Without a delivery in hand, all that it has stands in Redis. */
export function newLeg(held: HeldLeg, queue: Pending[]): Leg {
  const more = queue.length === 0;
  return {
    id: held.id,
    held,
    queue,
    more,
    reading: false,
    phase: "resting",
    rest: undefined,
    movedAt: 0,
    failures: 0,
    told: false,
  };
}

/** Gives back the place that was taken for a delivery, once. */
export function leave(head: Pending | undefined, { gate }: Workplace): void {
  if (head?.hasPlace !== true) return;
  head.hasPlace = false;
  gate.release();
}

/** When the oldest message of those at the heads of an account's legs was taken in. */
export function oldestHead(legs: Iterable<Leg>, account: AccountId): Timestamp | undefined {
  let oldest: Timestamp | undefined;
  for (const { held, queue } of legs) {
    const at = held.account === account ? queue[0]?.payload?.acceptedAt : undefined;
    if (at !== undefined && (oldest === undefined || at < oldest)) oldest = at;
  }
  return oldest;
}

/** Those that somebody runs now. */
export function atWork(legs: Iterable<Leg>): readonly Leg[] {
  return [...legs].filter(({ phase }) => phase === "working");
}

/** Whether the head of a leg has expired, or may have. */
export function hasExpiredHead(legs: Iterable<Leg>, now: Timestamp): boolean {
  for (const { queue, reading } of legs) {
    const [head] = queue;
    if (reading || (head !== undefined && head.deadline <= now)) return true;
  }
  return false;
}

/** Says which deliveries can't be worked on. */
export function logUnreadable(log: Logger, read: readonly (StoredDelivery | UnreadableDelivery)[]): void {
  for (const each of read) {
    if (!("why" in each)) continue;
    log.error("delivery.unreadable", { delivery: each.id, kind: each.why, ...describeError(each.error) });
  }
}

/** What settling needs of a delivery whose record is gone: it writes nothing into the map. */
export const NO_PAYLOAD = { canonical: "AAAAAAAAAAAAAAAA" as Commit["canonical"], slice: 0 };

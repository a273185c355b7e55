import type { Outcome } from "../adapter/operation.ts";
import { type Change, type Conversation, type Leg, legOfSeat, type Seat } from "../model/conversation.ts";
import type { PlannedDelivery } from "../model/delivery.ts";
import type { CanonicalId, DeliveryId, LegId, SeatId } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { timeOfDay } from "../model/texts.ts";
import { MINUTE, type Milliseconds, type Timestamp } from "../model/time.ts";
import { notice } from "./decide.ts";
import type { Circumstances } from "./effects.ts";

/** For how long a question stays open. */
export const QUESTION_TIME: Milliseconds = 10 * MINUTE;

/** A delivery that didn't go as it should. */
export interface Troubled {
  readonly delivery: DeliveryId;
  readonly leg: LegId;
  /** Absent for what the bridge said or did by itself: then nobody is told. */
  readonly from?: SeatId;
  readonly deadline: Timestamp;
  /** The commit by which its sender is told: a reaction to a question answers it. */
  readonly told?: CanonicalId;
}

/** What is said about a delivery, once for each kind. */
export type NoticeKind = "stillTrying" | "givenUp" | "unsure";

/** A notice to a sender, and what changes with it. */
interface FollowUp {
  readonly kind: NoticeKind;
  readonly deliveries: readonly PlannedDelivery[];
  readonly changes: readonly Change[];
}

/** Tells a sender that their message is late, was given up, or may not have arrived. Undefined when nobody is to be told. */
export function followUp(
  kind: NoticeKind,
  reason: Reason,
  troubled: Troubled,
  conversation: Conversation,
  circumstances: Circumstances,
): FollowUp | undefined {
  const sender = conversation.seats.find(({ id }) => id === troubled.from);
  const to = sender && legOfSeat(conversation, sender);
  const name = nameBehind(troubled.leg, conversation)?.name;
  if (to === undefined || name === undefined) return undefined;
  const say = (text: string, changes: readonly Change[] = []): FollowUp => ({
    kind,
    deliveries: [notice(to, text, circumstances)],
    changes,
  });
  const { texts, timeZone } = circumstances;
  if (kind === "stillTrying") {
    return say(
      texts.stillTrying({ name, reason, until: timeOfDay(troubled.deadline, circumstances.now, timeZone) }),
    );
  }
  if (kind === "givenUp")
    return say(isFinal(reason) ? texts.neverGoes({ name, reason }) : texts.givenUp({ name }));
  return say(texts.unsure({ name }), [askAgain(to, troubled, conversation, circumstances.now)]);
}

/** Sending it again changes nothing. */
function isFinal(reason: Reason): boolean {
  return reason === "opted-out" || reason === "not-served" || reason === "gone";
}

function askAgain(to: Leg, troubled: Troubled, conversation: Conversation, now: Timestamp): Change {
  const { delivery, leg, told } = troubled;
  const question = {
    ...({ kind: "send-again", delivery, leg, until: now + QUESTION_TIME } as const),
    ...(told === undefined ? {} : { asked: told }),
  };
  const questions = { ...conversation.record.questions, [to.seat]: question };
  return { kind: "record", record: { ...conversation.record, questions } };
}

function nameBehind(leg: LegId, conversation: Conversation): Seat | undefined {
  const seat = conversation.legs.find((each) => each.id === leg)?.seat;
  return conversation.seats.find((each) => each.id === seat);
}

/** What the house does with an outcome. */
export type Step =
  | { readonly kind: "done" }
  | {
      readonly kind: "again";
      readonly in: Milliseconds;
      readonly counts: boolean;
      readonly scope: "delivery" | "portal" | "account";
    }
  /** The sender is asked. */
  | { readonly kind: "park" }
  /** The operator sees it and can try again until its deadline. */
  | { readonly kind: "bury"; readonly reason: Reason }
  | { readonly kind: "fail"; readonly reason: Reason };

/** How retries are spaced and when they end. */
export interface RetryRules {
  /** A delivery is buried after so many attempts that counted. */
  readonly attempts: number;
  readonly first: Milliseconds;
  readonly longest: Milliseconds;
}

/**
 * Says what to do with an outcome. `fraction` in [0, 1) is the jitter; `attempt` counts from 1; `repeatable` says whether the
 * network would recognise the delivery's id if it were sent again now.
 */
export function stepAfter(
  outcome: Outcome,
  attempt: number,
  repeatable: boolean,
  rules: RetryRules,
  fraction: number,
): Step {
  switch (outcome.kind) {
    case "done":
      return { kind: "done" };
    case "refused":
      return { kind: "fail", reason: outcome.reason };
    case "unknown":
      if (!repeatable) return { kind: "park" };
      return { kind: "again", in: backoff(attempt, rules, fraction), counts: false, scope: "delivery" };
    case "retry":
      if (outcome.counts && attempt >= rules.attempts) return { kind: "bury", reason: outcome.reason };
      return {
        kind: "again",
        in: outcome.after ?? backoff(attempt, rules, fraction),
        counts: outcome.counts,
        scope: outcome.scope,
      };
  }
}

/** Exponential, with full jitter over its upper half: `first`, doubled for each attempt, at most `longest`. */
export function backoff(attempt: number, { first, longest }: RetryRules, fraction: number): Milliseconds {
  const ceiling = Math.min(longest, first * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling / 2 + (ceiling / 2) * fraction);
}

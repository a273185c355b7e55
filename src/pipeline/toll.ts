import type { Conversation, Leg } from "../model/conversation.ts";
import type { ErrandKind } from "../model/errand.ts";
import { LIMITS, type Verdict } from "../model/limits.ts";
import { timeOfDay } from "../model/texts.ts";
import { notice } from "../routing/decide.ts";
import type { Decision } from "../routing/effects.ts";
import { noticeOf, takesOf } from "../safety/limits.ts";
import type { AcceptedEvent } from "../store/accepted-event.ts";
import { circumstancesOf, type House } from "./house.ts";

/** What is counted of a decision. `free`: nothing, or its errand counts by itself. */
type Counted = "message" | "command" | "free";

const ERRANDS: Readonly<Record<ErrandKind, Counted>> = {
  say: "message",
  hold: "message",
  guard: "message",
  follow: "message",
  release: "command",
  "answer-guard": "command",
  "answer-request": "command",
  "join-link": "command",
  "confirm-link": "command",
  "forget-me": "command",
  "readable-desk": "command",
  command: "command",
  // Their errands count: wrong codes, answers to strangers, and what stands with a right code, have limits of their own.
  contact: "free",
  "redeem-link": "free",
  stranger: "free",
  // Nobody hears of it.
  "send-again": "free",
  revise: "free",
  // Whoever wants no more texts is always heard.
  "opt-out": "free",
  "pair-account": "command",
  "opt-in": "free",
};

const LIMITED: Decision = { deliveries: [], changes: [], ignored: "limited" };

/**
 * The decision, or what is decided in its place when its author does too much: a notice, said once for each pause, or nothing.
 * Asked again for the same event the answer is the same. Open pairs are the operator's own and free here (decision 010).
 * @throws StoreAway never: these limits let pass what they can't count
 */
export async function withinLimits(
  house: House,
  { body, canonical }: AcceptedEvent,
  { legs, record, seats }: Conversation,
  from: Leg["id"],
  decision: Decision,
): Promise<Decision> {
  const leg = legs.find(({ id }) => id === from);
  const seat = seats.find(({ id }) => id === leg?.seat);
  const counted = countedAs(decision, body.kind === "message" && record.origin === "contact");
  if (
    (record.origin === "pair" && record.open) ||
    counted === "free" ||
    leg === undefined ||
    seat === undefined
  )
    return decision;
  const { network } = house.capabilities(leg.account);
  const identity = { kind: "identity", network, address: leg.to } as const;
  const act =
    counted === "message"
      ? ({ kind: "message", from: identity, person: seat.person } as const)
      : ({ kind: "command", from: identity } as const);
  const verdict = await house.limits.take(takesOf(act), canonical);
  if (verdict.kind === "allowed") return decision;
  // Where no pause keeps it quiet, being told so again and again is limited as any answer is.
  if (verdict.kind === "refused" && LIMITS[verdict.limit].pause === undefined) {
    const answer = await house.limits.take(takesOf({ kind: "command", from: identity }), canonical);
    if (answer.kind !== "allowed") return LIMITED;
  }
  return refusal(house, leg, verdict);
}

/** @param isMessage a text that goes nowhere counts as well: whoever was blocked isn't to know it by the limits */
function countedAs({ deliveries, errand, ignored }: Decision, isMessage: boolean): Counted {
  if (ignored !== undefined) return isMessage && ignored === "nothing-to-do" ? "message" : "free";
  if (errand !== undefined) return ERRANDS[errand.kind];
  if (deliveries.some(({ from }) => from !== undefined)) return "message";
  return deliveries.length > 0 ? "command" : "free";
}

function refusal(house: House, leg: Leg, verdict: Verdict): Decision {
  const told = noticeOf(verdict);
  if (told === undefined || !Number.isFinite(told.retryAfter)) return LIMITED;
  const circumstances = circumstancesOf(house);
  const { now, timeZone } = circumstances;
  const until = timeOfDay(now + told.retryAfter, now, timeZone);
  const { texts } = house;
  const text = told.limit === "commands" ? texts.tooManyCommands({ until }) : texts.tooFast({ until });
  return { deliveries: [notice(leg, text, circumstances)], changes: [] };
}

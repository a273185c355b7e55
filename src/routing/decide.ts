import { assertNever } from "../model/assert-never.ts";
import type { Feature } from "../model/capabilities.ts";
import type { Content } from "../model/content.ts";
import {
  applyChanges,
  type Change,
  type Conversation,
  type Leg,
  legOfSeat,
  type Question,
  type Seat,
  toldMark,
  withoutQuestion,
} from "../model/conversation.ts";
import type { PlannedDelivery } from "../model/delivery.ts";
import type { Errand } from "../model/errand.ts";
import type { Timestamp } from "../model/time.ts";
import type { Circumstances, Decision } from "./effects.ts";
import { hopChange } from "./hop.ts";
import type { LaneEvent } from "./lane-event.ts";
import { shapeFor } from "./shape.ts";

/** The source of an event in its conversation. */
interface Source {
  readonly leg: Leg;
  readonly seat: Seat;
}

const NOTHING: Decision = { deliveries: [], changes: [] };

/**
 * Says what follows from an event: pure, so that a test is a table. The same event, snapshot and circumstances give the
 * same decision.
 */
export function decide(event: LaneEvent, conversation: Conversation, circumstances: Circumstances): Decision {
  const source = sourceOf(event, conversation);
  if (source === undefined) return { ...NOTHING, ignored: "not-a-participant" };
  if (!conversation.record.open) return { ...NOTHING, ignored: "closed" };
  const { body } = event;
  switch (body.kind) {
    case "message":
      return decideMessage(event, body, source, conversation, circumstances);
    case "edit":
      return body.content.kind === "text"
        ? decideFeature(
            "edit",
            editedContent(body.content.text, circumstances),
            event,
            source,
            conversation,
            circumstances,
          )
        : decideFeature("edit", undefined, event, source, conversation, circumstances);
    case "reaction":
      return decideFeature("reaction", undefined, event, source, conversation, circumstances);
    case "delete":
      return decideFeature("delete", undefined, event, source, conversation, circumstances);
    case "membership":
      return decideMembership(body.change, source.leg);
    case "malformed":
      return unbridgeable(body.what, source, conversation, event, circumstances);
    default:
      return assertNever(body);
  }
}

/** Only the participant whom a leg belongs to is heard there: others may sit in the same native thread. */
function sourceOf(event: LaneEvent, conversation: Conversation): Source | undefined {
  const leg = conversation.legs.find((each) => each.id === event.leg);
  const seat = leg && conversation.seats.find((each) => each.id === leg.seat);
  if (leg === undefined || seat === undefined || seat.state !== "accepted") return undefined;
  if (leg.over === true) return undefined;
  return leg.to.expose() === event.from.expose() ? { leg, seat } : undefined;
}

function decideMessage(
  event: LaneEvent,
  { content, replyTo }: Extract<LaneEvent["body"], { kind: "message" }>,
  source: Source,
  conversation: Conversation,
  circumstances: Circumstances,
): Decision {
  if (content.kind === "unbridgeable")
    return unbridgeable(content.what, source, conversation, event, circumstances);
  const answered =
    content.kind === "text" ? answerTo(content.text, event.acceptedAt, source, conversation) : undefined;
  if (answered !== undefined) return answered;
  // What it answers isn't carried over yet.
  if (replyTo !== undefined)
    return decideFeature("reply", content, event, source, conversation, circumstances);
  const deliveries: PlannedDelivery[] = [];
  const changes: Change[] = [];
  for (const leg of otherLegs(source, conversation)) {
    reopenIfAway(leg, deliveries, changes, circumstances);
    deliveries.push(send(leg, content, event, source, conversation, circumstances));
  }
  return following(orNothing({ deliveries, changes }), event, source, conversation, circumstances);
}

/** Who writes from another of their accounts is reached there from now on, in all of their conversations. */
function following(
  decision: Decision,
  event: LaneEvent,
  source: Source,
  conversation: Conversation,
  circumstances: Circumstances,
): Decision {
  const { leg } = source;
  const { wants, ...seat } = source.seat;
  const isReachedHere = wants === undefined && legOfSeat(conversation, seat)?.id === leg.id;
  if (decision.ignored !== undefined || isReachedHere || seat.pinned === true) return decision;
  const turned: Change = { kind: "seat", seat: { ...seat, via: leg.id } };
  const errand: Errand = { kind: "follow", id: event.canonical, at: event.acceptedAt };
  const changes = [...decision.changes, turned];
  const said = hopChange(conversation, applyChanges(conversation, changes), circumstances);
  const told = said.map(({ leg: to, text }) => notice(to, text, circumstances));
  return { ...decision, changes, deliveries: [...decision.deliveries, ...told], errand };
}

/** `1` and `2` answer what the bridge asked last on this leg, as long as it is open; everything else is a message. */
function answerTo(
  text: string,
  acceptedAt: Timestamp,
  source: Source,
  conversation: Conversation,
): Decision | undefined {
  const question = conversation.record.questions[source.seat.id];
  const answer = text.trim();
  if (question?.kind !== "send-again" || question.until <= acceptedAt) return undefined;
  if (answer !== "1" && answer !== "2") return undefined;
  return answerUnsure(question, answer === "1", source.seat, conversation);
}

/** What follows when a sender says whether what may not have arrived is sent again. */
export function answerUnsure(
  { delivery, leg }: Extract<Question, { kind: "send-again" }>,
  again: boolean,
  { id }: Seat,
  { record }: Conversation,
): Decision {
  return {
    deliveries: [],
    changes: [{ kind: "record", record: withoutQuestion(record, id) }],
    revive: { delivery, leg, action: again ? "again" : "drop" },
  };
}

/** A feature that a leg lacks goes out as `fallback`, or not at all; either is said to its sender once. */
function decideFeature(
  feature: Feature,
  fallback: Content | undefined,
  event: LaneEvent,
  source: Source,
  conversation: Conversation,
  circumstances: Circumstances,
): Decision {
  const deliveries: PlannedDelivery[] = [];
  const changes: Change[] = [];
  const told = [...conversation.record.told];
  for (const leg of otherLegs(source, conversation)) {
    if (fallback !== undefined) {
      reopenIfAway(leg, deliveries, changes, circumstances);
      deliveries.push(send(leg, fallback, event, source, conversation, circumstances));
    }
    const mark = toldMark(feature, leg.id);
    if (told.includes(mark)) continue;
    told.push(mark);
    const name = nameOf(leg, conversation);
    const network = circumstances.capabilitiesOf(leg.account).title;
    const text =
      fallback === undefined
        ? circumstances.texts.cannotGet({ name, feature, network })
        : circumstances.texts.asText({ name, feature, network });
    deliveries.push(notice(source.leg, text, circumstances));
  }
  if (told.length > conversation.record.told.length) {
    changes.push({ kind: "record", record: { ...conversation.record, told } });
  }
  return orNothing({ deliveries, changes });
}

function unbridgeable(
  what: Extract<Content, { kind: "unbridgeable" }>["what"],
  source: Source,
  conversation: Conversation,
  event: LaneEvent,
  circumstances: Circumstances,
): Decision {
  const deliveries = otherLegs(source, conversation).map((leg) =>
    notice(source.leg, circumstances.texts.unbridgeable({ name: nameOf(leg, conversation), what }), {
      ...circumstances,
      now: event.acceptedAt,
    }),
  );
  return orNothing({ deliveries, changes: [] });
}

/** A decision that does nothing says so: it is counted. */
function orNothing(decision: Decision): Decision {
  const empty = decision.deliveries.length + decision.changes.length === 0;
  return empty ? { ...NOTHING, ignored: "nothing-to-do" } : decision;
}

/** Whether somebody is in their leg's native thread. */
export function decideMembership(change: "joined" | "left" | "invited", leg: Leg): Decision {
  const away = change === "left";
  if (change === "invited" || leg.away === away) return { ...NOTHING, ignored: "nothing-to-do" };
  return { deliveries: [], changes: [{ kind: "leg", leg: { ...leg, away } }] };
}

/** Who left the native thread is invited again by the next message, before it. */
function reopenIfAway(
  leg: Leg,
  deliveries: PlannedDelivery[],
  changes: Change[],
  circumstances: Circumstances,
): void {
  if (!leg.away) return;
  deliveries.push(opening(leg, circumstances));
  changes.push({ kind: "leg", leg: { ...leg, away: false } });
}

/** Where the others are reached: those who take part, each on one leg. */
function otherLegs(source: Source, conversation: Conversation): readonly Leg[] {
  return conversation.seats
    .filter((seat) => seat.id !== source.seat.id && seat.state === "accepted" && seat.muted !== true)
    .flatMap((seat) => legOfSeat(conversation, seat) ?? []);
}

function nameOf(leg: Leg, conversation: Conversation): string {
  return conversation.seats.find((seat) => seat.id === leg.seat)?.name ?? "";
}

function editedContent(text: string, { texts }: Circumstances): Content {
  return { kind: "text", text: texts.edited(text) };
}

function send(
  leg: Leg,
  content: Content,
  event: LaneEvent,
  { seat }: Source,
  conversation: Conversation,
  circumstances: Circumstances,
): PlannedDelivery {
  const shaped = shapeFor(leg, content, seat, conversation, circumstances);
  return {
    id: circumstances.nextDeliveryId(),
    leg: leg.id,
    task: { kind: "send", content: shaped, at: event.at },
    deadline: event.acceptedAt + circumstances.deadline,
    from: seat.id,
  };
}

/** A leg's portal is opened, or whoever has left it is asked in again. */
export function opening({ id: leg }: Leg, { now, deadline, nextDeliveryId }: Circumstances): PlannedDelivery {
  return { id: nextDeliveryId(), leg, task: { kind: "openPortal" }, deadline: now + deadline };
}

/** What the bridge says itself. It has no sender, so that a notice never causes a notice. */
export function notice(
  leg: Leg,
  text: string,
  { now, deadline, nextDeliveryId }: Circumstances,
): PlannedDelivery {
  return {
    id: nextDeliveryId(),
    leg: leg.id,
    task: { kind: "send", content: { kind: "notice", text }, at: now },
    deadline: now + deadline,
  };
}

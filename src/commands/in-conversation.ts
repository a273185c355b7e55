import { readableNumber } from "../consent/paste-lines.ts";
import type { Content } from "../model/content.ts";
import {
  type Conversation,
  type Leg,
  type Question,
  type Seat,
  withoutQuestion,
} from "../model/conversation.ts";
import type { ErrandWork } from "../model/errand.ts";
import { without } from "../model/spans.ts";
import { answerUnsure, decide, notice } from "../routing/decide.ts";
import type { Circumstances, Decision } from "../routing/effects.ts";
import type { LaneEvent } from "../routing/lane-event.ts";
import { asSeen } from "../routing/shape.ts";
import { givenAwayBy } from "../safety/giving-away.ts";
import { insisting, optOutWord } from "../safety/opt-out-words.ts";
import { type Answer, readAnswer, readReaction } from "./answer.ts";
import { helpText } from "./help.ts";
import { parse } from "./parse.ts";
import { type Place, readerOn } from "./place.ts";
import { refusalText } from "./refusal.ts";

/** A text in a conversation, with what it is looked at by. */
interface Visit {
  readonly event: LaneEvent;
  readonly conversation: Conversation;
  readonly seat: Seat;
  readonly leg: Leg;
  readonly circumstances: Circumstances;
}

const IGNORED: Decision = { deliveries: [], changes: [], ignored: "nothing-to-do" };

/**
 * Says what follows from what somebody does in a conversation's own chat: pure. An opt-out word, an answer to what the bridge
 * asked last, a command with `/`, and else a message, in this order. Nothing but a message reaches the other side.
 */
export function decideConversation(
  event: LaneEvent,
  conversation: Conversation,
  circumstances: Circumstances,
): Decision {
  const { body } = event;
  const visit = visitOf(event, conversation, circumstances);
  const text = body.kind === "message" && body.content.kind === "text" ? body.content.text : undefined;
  if (visit === undefined) return decide(event, conversation, circumstances);
  const missed = inFormerGroup(visit);
  if (missed !== undefined) return missed;
  if (event.revises === true) return errand(visit, { kind: "revise" });
  if (text === undefined)
    return (
      whenOver(visit) ??
      byReaction(visit) ??
      guarded(visit, event) ??
      decide(event, conversation, circumstances)
    );
  // Whoever wants no more texts is heard everywhere, also where a conversation is over.
  const optedOut = byOptOutWord(visit, text);
  if (optedOut !== undefined) return optedOut;
  const takesPart = visit.seat.state === "accepted" || visit.seat.state === "blocked";
  if (!conversation.record.open || !takesPart)
    return whenOver(visit) ?? decide(event, conversation, circumstances);
  return byAnswer(visit, text) ?? byCommand(visit, text) ?? asMessage(visit, event);
}

/** Nobody hears what is still written in a group that isn't used any more: its writer is told in the chat behind it. */
function inFormerGroup({ circumstances, conversation, event, leg, seat }: Visit): Decision | undefined {
  const { legs, record, seats } = conversation;
  const isMessage = event.body.kind === "message" && event.body.content.kind !== "notice";
  if (leg.over !== true || !isMessage || !record.open || seat.state !== "accepted") return undefined;
  const behind = legs.find(({ id, over }) => id === leg.behind && over !== true);
  const other = seats.find(({ id }) => id !== seat.id);
  if (behind === undefined || other === undefined) return undefined;
  const text = circumstances.texts.inFormerGroup(asSeen(other, conversation));
  return { deliveries: [notice(behind, text, circumstances)], changes: [] };
}

/** Nobody reads what is written where a conversation is over: its writer is told. */
function whenOver({ circumstances, conversation, event, leg, seat }: Visit): Decision | undefined {
  const { record, seats } = conversation;
  const { body } = event;
  const isMessage = body.kind === "malformed" || (body.kind === "message" && body.content.kind !== "notice");
  if (record.open || !isMessage || seat.state !== "accepted" || leg.over === true) return undefined;
  const other = seats.find(({ id }) => id !== seat.id);
  const { texts } = circumstances;
  const isPair = record.origin === "pair" || other === undefined;
  return say(
    { ...{ circumstances, conversation, event }, leg, seat },
    isPair ? texts.ended() : texts.leftByOther(other),
  );
}

/** Only the participant whom a leg belongs to is heard there. */
function visitOf(
  event: LaneEvent,
  conversation: Conversation,
  circumstances: Circumstances,
): Visit | undefined {
  const leg = conversation.legs.find(({ id }) => id === event.leg);
  const seat = leg && conversation.seats.find(({ id }) => id === leg.seat);
  if (leg === undefined || seat === undefined || leg.to.expose() !== event.from.expose()) return undefined;
  return { event, conversation, seat, leg, circumstances };
}

function byOptOutWord(visit: Visit, text: string): Decision | undefined {
  const { circumstances, leg } = visit;
  const word = optOutWord(text, circumstances.capabilitiesOf(leg.account));
  if (word === undefined) return undefined;
  if (word !== "help") return errand(visit, { kind: word === "stop" ? "opt-out" : "opt-in" });
  const answer = notice(leg, helpText(placeOf(visit), circumstances.texts), circumstances);
  return { deliveries: [insisting(answer)], changes: [] };
}

function byAnswer(visit: Visit, text: string): Decision | undefined {
  const question = openQuestion(visit);
  const answer = question && readAnswer(text, { question, desk: undefined, words: false });
  return answer && answered(visit, answer);
}

/** A reaction to what the bridge asked is for the bridge, whatever it says: nobody else sees the question. */
function byReaction(visit: Visit): Decision | undefined {
  const { about, body } = visit.event;
  const question = visit.conversation.record.open ? openQuestion(visit) : undefined;
  if (body.kind !== "reaction" || about === undefined || question?.asked !== about) return undefined;
  const answer = body.emoji === null ? undefined : readReaction(body.emoji, question, undefined);
  return (answer && answered(visit, answer)) ?? IGNORED;
}

function answered(visit: Visit, answer: Answer): Decision | undefined {
  const { conversation, seat } = visit;
  if (answer.kind === "yes-no" && answer.question.kind === "send-again")
    return answerUnsure(answer.question, answer.yes, seat, conversation);
  if (answer.kind !== "guard") return undefined; // asked at desks only
  const record = withoutQuestion(conversation.record, seat.id);
  const decision = errand(visit, { kind: "answer-guard", answer: answer.answer });
  return { ...decision, changes: [{ kind: "record", record }] };
}

function byCommand(visit: Visit, text: string): Decision | undefined {
  const place = placeOf(visit);
  const parsed = parse(text, place);
  switch (parsed.kind) {
    case "command": {
      const { command } = parsed;
      if (command.kind === "help")
        return say(visit, helpText(place, visit.circumstances.texts, command.about));
      return errand(visit, { kind: "command", command });
    }
    case "refused":
    case "unknown":
      return say(visit, refusalText(parsed, place, visit.circumstances.texts));
    case "text": {
      const event = withContent(visit.event, spokenContent);
      return asMessage({ ...visit, event }, event);
    }
    case "none":
      return undefined;
  }
}

function asMessage(visit: Visit, event: LaneEvent): Decision {
  const { circumstances, conversation, seat } = visit;
  if (seat.state === "accepted") return guarded(visit, event) ?? decide(event, conversation, circumstances);
  const other = conversation.seats.find(({ id }) => id !== seat.id);
  return other === undefined ? IGNORED : say(visit, circumstances.texts.blockedHere({ name: other.name }));
}

/** What gives something away is held, and so is what its writer says while one of theirs is. */
function guarded({ conversation, leg, seat, ...visit }: Visit, event: LaneEvent): Decision | undefined {
  const { body } = event;
  if (seat.state !== "accepted" || !conversation.record.open) return undefined;
  if ((body.kind !== "message" && body.kind !== "edit") || body.content.kind !== "text") return undefined;
  const what = givenAwayBy(body.content, conversation, seat, leg);
  const waiting = conversation.record.guarded?.[seat.id];
  const isBehind = waiting !== undefined && waiting.until > event.acceptedAt;
  if (what === undefined && !isBehind) return undefined;
  return errand({ ...visit, conversation, leg, seat }, { kind: "guard", what });
}

function withContent(event: LaneEvent, change: (content: Content) => Content): LaneEvent {
  const { body } = event;
  return body.kind === "message" ? { ...event, body: { ...body, content: change(body.content) } } : event;
}

/** What a text says as a message: with `//word` it is `/word`, and its styles are where they were. */
export function spokenContent(content: Content): Content {
  if (content.kind !== "text") return content;
  const parsed = parse(content.text, ANY_CONVERSATION);
  if (parsed.kind !== "text") return content;
  return without(content, parsed.cut, parsed.cut + 1);
}

/** Where it is typed makes no difference to what is no command. */
const ANY_CONVERSATION: Place = {
  ...{ kind: "conversation", reader: "user", networks: [] },
  network: { title: "", encryption: "none", portals: "given" },
};

function openQuestion({ conversation, event, seat }: Visit): Question | undefined {
  const asked = conversation.record.questions[seat.id];
  return asked !== undefined && asked.until > event.acceptedAt ? asked : undefined;
}

function placeOf({ leg, circumstances }: Visit): Place {
  const network = circumstances.capabilitiesOf(leg.account);
  return {
    kind: "conversation",
    reader: readerOn(network),
    network,
    networks: circumstances.networks,
    desk: deskOf(leg, circumstances),
  };
}

/** Where the bridge itself is reached from a conversation; not where this is that very number. */
function deskOf({ account, number }: Leg, { doorOf }: Circumstances): string | undefined {
  const door = doorOf(account);
  if (door === undefined) return undefined;
  if ("user" in door) return door.user;
  return number?.expose() === door.number ? undefined : readableNumber(door.number);
}

function errand({ event }: Visit, work: ErrandWork): Decision {
  return {
    deliveries: [],
    changes: [],
    errand: { ...work, id: event.canonical, at: event.acceptedAt },
  };
}

function say({ leg, circumstances }: Visit, text: string): Decision {
  return { deliveries: [notice(leg, text, circumstances)], changes: [] };
}

import { findHandleCodes } from "../consent/handle-code.ts";
import { parseLinkCode } from "../consent/link-code.ts";
import type { Content } from "../model/content.ts";
import {
  type Conversation,
  type DeskRecord,
  type Leg,
  type Question,
  type Seat,
  withoutQuestion,
} from "../model/conversation.ts";
import type { Errand, ErrandWork } from "../model/errand.ts";
import type { ConversationId } from "../model/ids.ts";
import { notice } from "../routing/decide.ts";
import type { Circumstances, Decision } from "../routing/effects.ts";
import { QUESTION_TIME } from "../routing/follow-up.ts";
import type { LaneEvent } from "../routing/lane-event.ts";
import { meantBy } from "../routing/threads.ts";
import { optOutWord } from "../safety/opt-out-words.ts";
import { type Answer, answerRequest, readAnswer, readReaction } from "./answer.ts";
import { helpText } from "./help.ts";
import { parse } from "./parse.ts";
import { type Place, placeOfDesk } from "./place.ts";
import { refusalText } from "./refusal.ts";

/** An event at a desk, with what it is looked at by. */
interface Visit {
  readonly event: LaneEvent;
  readonly record: DeskRecord;
  readonly seat: Seat;
  readonly leg: Leg;
  readonly place: Place;
  /** What the bridge asked last, while it is open. */
  readonly question: Question | undefined;
  readonly circumstances: Circumstances;
}

const NOTHING: Decision = { deliveries: [], changes: [] };
const IGNORED: Decision = { ...NOTHING, ignored: "nothing-to-do" };

/**
 * Says what follows from what somebody does in the bridge's own chat with them: pure. The order is that of the conversations
 * as people know them: an opt-out word, an answer, a code, a command, and only then a message to somebody.
 */
export function decideDesk(
  event: LaneEvent,
  desk: Conversation,
  record: DeskRecord,
  circumstances: Circumstances,
): Decision {
  const leg = desk.legs.find(({ id }) => id === event.leg);
  const seat = leg && desk.seats.find(({ id }) => id === leg.seat);
  if (leg === undefined || seat === undefined) return { ...NOTHING, ignored: "not-a-participant" };
  if (leg.to.expose() !== event.from.expose()) return { ...NOTHING, ignored: "not-a-participant" };
  const asked = record.questions[seat.id];
  const question = asked !== undefined && asked.until > event.acceptedAt ? asked : undefined;
  const place = placeOfDesk(record, leg, circumstances);
  const visit: Visit = { event, record, seat, leg, place, question, circumstances };
  const { body } = event;
  if (body.kind === "message") return decideMessage(visit, body.content);
  if (body.kind === "reaction" && body.emoji !== null && question !== undefined)
    return byAnswer(visit, readReaction(body.emoji, question, record)) ?? IGNORED;
  return IGNORED;
}

function decideMessage(visit: Visit, content: Content): Decision {
  if (content.kind === "text") return decideText(visit, content.text);
  const { circumstances, leg, record } = visit;
  if (content.kind === "notice") return IGNORED; // another program's: two of them would answer each other for ever
  if (content.what === "encrypted") return say(visit, circumstances.texts.encryptedRoom());
  const meant = meantBy(record, visit.event.acceptedAt);
  if (meant.kind !== "thread") return IGNORED;
  const text = circumstances.texts.unbridgeable({ name: meant.thread.name, what: content.what });
  return { deliveries: [notice(leg, text, circumstances)], changes: [] };
}

function decideText(visit: Visit, text: string): Decision {
  const { circumstances, leg, place, question, record } = visit;
  const word = optOutWord(text, circumstances.capabilitiesOf(leg.account));
  if (word === "help") return say(visit, helpText(place, circumstances.texts));
  if (word !== undefined) return errand(visit, { kind: word === "stop" ? "opt-out" : "opt-in" });
  const words = place.kind === "desk";
  const answered = byAnswer(visit, readAnswer(text, { question, desk: record, words }));
  return answered ?? byCode(visit, text) ?? byCommand(visit, text) ?? asMessage(visit);
}

function byAnswer(visit: Visit, answer: Answer | undefined): Decision | undefined {
  if (answer === undefined) return undefined;
  const { circumstances, record } = visit;
  const open = record.requests;
  switch (answer.kind) {
    case "which-request":
      return say(visit, circumstances.texts.whichRequest({ open }));
    case "no-such-request":
      return say(visit, circumstances.texts.noSuchRequest({ number: answer.request, open }));
    case "request": {
      const { request, answer: said } = answer;
      return errand(visit, { kind: "answer-request", request, answer: said });
    }
    case "yes-no":
      return byYesNo(visit, answer.question, answer.yes);
    case "whom":
      return released(visit, answer.question.conversations[answer.choice]);
    case "guard":
      return errand(visit, { kind: "answer-guard", answer: answer.answer });
  }
}

function released(visit: Visit, conversation: ConversationId | undefined): Decision {
  return conversation === undefined ? IGNORED : errand(visit, { kind: "release", conversation });
}

function byYesNo(
  visit: Visit,
  question: Extract<Answer, { kind: "yes-no" }>["question"],
  yes: boolean,
): Decision {
  switch (question.kind) {
    case "send-again":
      return IGNORED; // asked in conversations only
    case "join-link":
      return errand(visit, { kind: "join-link", desk: question.desk, person: question.person, yes });
    case "confirm-link":
      return errand(visit, { kind: "confirm-link", desk: question.desk, guest: question.guest, yes });
    case "forget-me":
      return yes
        ? errand(visit, { kind: "forget-me" })
        : say(visit, visit.circumstances.texts.notForgotten());
  }
}

/** A link code alone, or a text with handle codes; which of them are in use is looked up. */
function byCode(visit: Visit, text: string): Decision | undefined {
  const link = parseLinkCode(text);
  if (link !== undefined) return errand(visit, { kind: "redeem-link", code: link });
  const codes = findHandleCodes(text).map(({ code }) => code);
  return codes.length === 0 ? undefined : errand(visit, { kind: "contact", codes });
}

function byCommand(visit: Visit, text: string): Decision | undefined {
  const { circumstances, place, record } = visit;
  const { texts } = circumstances;
  const parsed = parse(text, place);
  switch (parsed.kind) {
    case "command": {
      const { command } = parsed;
      if (command.kind === "help") return say(visit, helpText(place, texts, command.about));
      if (command.kind === "requests") return say(visit, texts.requests({ open: record.requests }));
      if (command.kind === "list") return say(visit, texts.openHere({ conversations: record.threads }));
      if (command.kind === "forget-me") return ask(visit, texts.forgetQuestion(), { kind: "forget-me" });
      if (command.kind === "accept" || command.kind === "decline")
        return byRequest(visit, command.kind, command.request);
      return errand(visit, { kind: "command", command });
    }
    case "refused":
    case "unknown":
      return say(visit, refusalText(parsed, place, texts));
    case "text":
      return undefined;
    case "none":
      // Somebody whom nobody knows isn't answered each time: an errand looks whether they were lately.
      if (place.kind !== "desk") return undefined;
      return errand(visit, { kind: "stranger", hint: refusalText(parsed, place, texts) });
  }
}

function byRequest(visit: Visit, answer: "accept" | "decline", request: number | undefined): Decision {
  const { circumstances, record } = visit;
  const read = answerRequest(answer, request, record);
  return byAnswer(visit, read) ?? say(visit, circumstances.texts.requests({ open: record.requests }));
}

/** For the conversation that is meant; with several, and none chosen, it is held and asked about. */
function asMessage(visit: Visit): Decision {
  const meant = meantBy(visit.record, visit.event.acceptedAt);
  switch (meant.kind) {
    case "thread":
      return errand(visit, { kind: "say", conversation: meant.thread.conversation });
    case "whom":
      return errand(visit, { kind: "hold" });
    case "nobody":
      return IGNORED; // a desk without conversations knows commands only, and `byCommand` answered
  }
}

/** An answer ends the question that it is about; anything else that is done leaves it, since it stays the last thing asked. */
function errand({ event, record, seat, question }: Visit, work: ErrandWork): Decision {
  const isAnswer = question !== undefined && ANSWERS.has(work.kind);
  const changed = isAnswer ? withoutQuestion(record, seat.id) : record;
  const frozen: Errand = { ...work, id: event.canonical, at: event.acceptedAt };
  return { deliveries: [], changes: [{ kind: "record", record: changed }], errand: frozen };
}

const ANSWERS: ReadonlySet<ErrandWork["kind"]> = new Set([
  "answer-request",
  "release",
  "answer-guard",
  "join-link",
  "confirm-link",
  "forget-me",
]);

/** Asks at this desk; the answer counts for ten minutes, while nothing else was asked. */
function ask(visit: Visit, text: string, what: { readonly kind: "forget-me" }): Decision {
  const { circumstances, leg, record, seat } = visit;
  const until = circumstances.now + QUESTION_TIME;
  const questions = { ...record.questions, [seat.id]: { ...what, until } };
  return {
    deliveries: [notice(leg, text, circumstances)],
    changes: [{ kind: "record", record: { ...record, questions } }],
  };
}

function say({ leg, circumstances }: Visit, text: string): Decision {
  return { deliveries: [notice(leg, text, circumstances)], changes: [] };
}

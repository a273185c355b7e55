import { findHandleCodes } from "../consent/handle-code.ts";
import { parseLinkCode } from "../consent/link-code.ts";
import type { Command } from "../model/command.ts";
import type { Content } from "../model/content.ts";
import type { Conversation, DeskRecord, Question, Thread } from "../model/conversation.ts";
import type { RequestAnswer } from "../model/errand.ts";
import type { ConversationId } from "../model/ids.ts";
import { HOUR, type Milliseconds } from "../model/time.ts";
import { decideMembership, notice } from "../routing/decide.ts";
import type { Circumstances, Decision } from "../routing/effects.ts";
import type { LaneEvent } from "../routing/lane-event.ts";
import { meantBy } from "../routing/threads.ts";
import { optOutWord } from "../safety/opt-out-words.ts";
import { type Answer, answerRequest, readAnswer, readReaction } from "./answer.ts";
import { helpText } from "./help.ts";
import { operatorsWord } from "./operators-word.ts";
import { type Parsed, parse } from "./parse.ts";
import { hasBareWords, placeOfDesk } from "./place.ts";
import { refusalText } from "./refusal.ts";
import { answered, ask, errand, say, type Visit } from "./visit.ts";

/** Who goes on writing where nothing can be read is told so no more often. */
const TOLD_AGAIN: Milliseconds = HOUR;

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
  const place = placeOfDesk(record, leg, question, circumstances);
  const visit: Visit = { event, record, seat, leg, place, question, circumstances };
  const { body } = event;
  if (body.kind === "message") return decideMessage(visit, body.content);
  if (body.kind === "membership") return decideMembership(body.change, leg);
  if (body.kind === "malformed") return decideMessage(visit, { kind: "unbridgeable", what: body.what });
  // It may be of a text that waits: that is looked at where those can be read.
  if (body.kind === "edit" || body.kind === "delete") return errand(visit, { kind: "revise" });
  if (body.kind === "reaction" && body.emoji !== null) return byReaction(visit, body.emoji) ?? IGNORED;
  return IGNORED;
}

/** A reaction answers the request or the question that it is put on, and no other; on a conversation's message it is for that one. */
function byReaction(visit: Visit, emoji: string): Decision | undefined {
  const { event, question, record } = visit;
  const thread = quotedThread(visit);
  if (thread !== undefined) return errand(visit, { kind: "say", conversation: thread.conversation });
  if (event.about === undefined) return undefined;
  const request = record.requests.find(({ asked }) => asked === event.about);
  if (request !== undefined) {
    const meant: Question = { kind: "request", request: request.number, until: event.acceptedAt };
    return byAnswer(visit, readReaction(emoji, meant, record));
  }
  if (question?.asked !== event.about) return undefined;
  // A list of requests was put on, and none of them.
  if (question.kind === "request" && record.requests.length > 1)
    return byAnswer(visit, { kind: "which-request" });
  return byAnswer(visit, readReaction(emoji, question, record));
}

function decideMessage(visit: Visit, content: Content): Decision {
  if (content.kind === "text") return decideText(visit, content.text);
  const { circumstances, leg, record } = visit;
  if (content.kind === "notice") return IGNORED; // another program's: two of them would answer each other for ever
  const opensRooms = circumstances.capabilitiesOf(leg.account).portals === "opened";
  if (content.what === "encrypted" && opensRooms) return inEncryptedRoom(visit);
  const meant = meantBy(record, visit.event.acceptedAt);
  // A call is for nobody in particular. Who never wrote to anybody isn't written to for having called.
  const thread =
    meant.kind === "thread" ? meant.thread : content.what === "call" ? record.threads[0] : undefined;
  if (thread === undefined) return IGNORED;
  const text = circumstances.texts.unbridgeable({ name: thread.name, what: content.what });
  return { deliveries: [notice(leg, text, circumstances)], changes: [] };
}

/**
 * Where nothing can be read, that is said at once, and again to whoever writes there after an hour: once for ever, and their
 * later texts would be dropped without a word; each time, and a client that sends ten lines would get ten answers.
 */
function inEncryptedRoom(visit: Visit): Decision {
  const { event, record } = visit;
  const { unreadable: told } = record;
  if (told !== undefined && event.acceptedAt - told < TOLD_AGAIN) return IGNORED;
  const marked = { ...visit, record: { ...record, unreadable: event.acceptedAt } };
  return errand(marked, { kind: "readable-desk" });
}

function decideText(visit: Visit, text: string): Decision {
  const { circumstances, leg, place, question, record } = visit;
  const word = optOutWord(text, circumstances.capabilitiesOf(leg.account));
  if (word === "help") return say(visit, helpText(place, circumstances.texts));
  if (word !== undefined) return errand(visit, { kind: word === "stop" ? "opt-out" : "opt-in" });
  const theirs = operatorsWord(visit, text);
  if (theirs !== undefined) return theirs;
  const quoted = byQuote(visit, parse(text, place));
  if (quoted !== undefined) return quoted;
  const words = hasBareWords(place);
  const answer = byAnswer(visit, readAnswer(text, { question, desk: record, words }));
  return answer ?? byCode(visit, text) ?? byCommand(visit, parse(text, place));
}

/**
 * Who quotes a message of a conversation writes to that one, whatever is asked; but a command stays a command. It may be in a
 * group by now.
 */
function byQuote(visit: Visit, parsed: Parsed): Decision | undefined {
  const { quoted } = visit.event;
  if (quoted === undefined || (parsed.kind !== "text" && parsed.kind !== "none")) return undefined;
  const as = parsed.kind === "text" ? { cut: parsed.cut } : {};
  return errand(visit, { kind: "say", conversation: quoted, ...as });
}

/** The conversation of the message that is quoted, or reacted to. */
function quotedThread({ event, record }: Visit): Thread | undefined {
  return record.threads.find(({ conversation }) => conversation === event.quoted);
}

function byAnswer(visit: Visit, answer: Answer | undefined): Decision | undefined {
  if (answer === undefined) return undefined;
  const { circumstances, record } = visit;
  const open = record.requests;
  switch (answer.kind) {
    case "which-request":
      return askRequest(visit, circumstances.texts.whichRequest({ open }));
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
        : answered(visit, visit.circumstances.texts.notForgotten());
  }
}

/** A link code alone, or a text with handle codes; which of them are in use is looked up. */
function byCode(visit: Visit, text: string): Decision | undefined {
  const link = parseLinkCode(text);
  if (link !== undefined) return errand(visit, { kind: "redeem-link", code: link });
  const codes = findHandleCodes(text).map(({ code }) => code);
  return codes.length === 0 ? undefined : errand(visit, { kind: "contact", codes, whole: false });
}

function byCommand(visit: Visit, parsed: Parsed): Decision {
  const { place } = visit;
  const { texts } = visit.circumstances;
  switch (parsed.kind) {
    case "command":
      return obey(visit, parsed.command);
    case "refused":
    case "unknown":
      return say(visit, refusalText(parsed, place, texts));
    case "text":
      return asMessage(visit, { cut: parsed.cut });
    case "none":
      if (place.kind !== "desk" || isBehind(visit)) return asMessage(visit, {});
      // Somebody whom nobody knows isn't answered each time: an errand looks whether they were lately.
      return errand(visit, {
        ...{ kind: "stranger", hint: refusalText(parsed, place, texts) },
        isSlip: parsed.near !== undefined,
      });
  }
}

function obey(visit: Visit, command: Command): Decision {
  const { circumstances, place } = visit;
  const { texts } = circumstances;
  switch (command.kind) {
    case "help":
      return say(visit, helpText(place, texts, command.about));
    case "requests":
      // None here: others may wait at another account of theirs.
      return visit.record.requests.length > 0
        ? listRequests(visit)
        : errand(visit, { kind: "command", command });
    case "list":
      return list(visit);
    case "forget-me":
      return ask(visit, texts.forgetQuestion(), { kind: "forget-me" });
    case "accept":
    case "decline":
      return byRequest(visit, command.kind, command.request);
    case "block":
      if (command.target.kind === "request") return byRequest(visit, "block", command.target.request);
      return errand(visit, { kind: "command", command });
    default:
      return errand(visit, { kind: "command", command });
  }
}

function byRequest(visit: Visit, answer: RequestAnswer, request: number | undefined): Decision {
  return byAnswer(visit, answerRequest(answer, request, visit.record)) ?? listRequests(visit);
}

function listRequests(visit: Visit): Decision {
  const open = visit.record.requests;
  return askRequest(visit, visit.circumstances.texts.requests({ open }));
}

/** Shows what can be answered: from then on a bare number is about requests. */
function askRequest(visit: Visit, text: string): Decision {
  const [first] = visit.record.requests;
  return first === undefined
    ? say(visit, text)
    : ask(visit, text, { kind: "request", request: first.number });
}

/** A number chooses from the list; while one is open it keeps its numbers. */
function list(visit: Visit): Decision {
  const { circumstances, question, record } = visit;
  const before = question?.kind === "whom" ? question.conversations : [];
  const place = (thread: Thread): number => {
    const at = before.indexOf(thread.conversation);
    return at < 0 ? before.length : at;
  };
  const threads = record.threads.toSorted((one, other) => place(one) - place(other));
  const text = circumstances.texts.openHere({ conversations: threads });
  if (threads.length === 0) return say(visit, text);
  return ask(visit, text, { kind: "whom", conversations: threads.map(({ conversation }) => conversation) });
}

/**
 * What the bridge waits for, if it does; else for the conversation that is meant. With several, and none chosen, it is held
 * and asked about.
 */
function asMessage(visit: Visit, as: { readonly cut?: number }): Decision {
  const { question } = visit;
  if (question?.kind === "first-text")
    return errand(visit, { kind: "contact", codes: [question.code], whole: true, ...as });
  // Given away or not is looked at where what waits can be read.
  if (isBehind(visit)) return errand(visit, { kind: "guard", what: undefined });
  const meant = meantBy(visit.record, visit.event.acceptedAt);
  switch (meant.kind) {
    case "thread":
      return errand(visit, { kind: "say", conversation: meant.thread.conversation, ...as });
    case "whom":
      return errand(visit, { kind: "hold", ...as });
    case "nobody":
      return IGNORED; // a desk without conversations knows commands only, and `byCommand` answered
  }
}

/** What is written for nobody in particular waits behind a text that gives something away. */
function isBehind({ question }: Visit): boolean {
  return question?.kind === "guard" && question.isFocus === true;
}

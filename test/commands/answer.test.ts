import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Answerable, answerRequest, readAnswer, readReaction } from "../../src/commands/answer.ts";
import type { Question } from "../../src/model/conversation.ts";
import type { CanonicalId, ConversationId, DeliveryId, LegId, PersonId } from "../../src/model/ids.ts";

const until = 600_000;
const desk = "desk" as ConversationId;
const someone = "someone" as PersonId;
const sendAgain: Question = { kind: "send-again", delivery: "d" as DeliveryId, leg: "leg" as LegId, until };
const joinLink: Question = { kind: "join-link", desk, person: someone, until };
const guard: Question = { kind: "guard", until };
const forgetMe: Question = { kind: "forget-me", until };
const whom: Question = {
  ...{ kind: "whom", until },
  conversations: ["ana", "leo"].map((id) => id as ConversationId),
};

function asks(request: number): Question {
  return { kind: "request", request, until };
}

/** A desk where some requests are open; the numbers up to `last` were given out. */
function deskWith(
  requests: readonly number[],
  last = Math.max(0, ...requests),
): NonNullable<Answerable["desk"]> {
  const conversation = "c" as ConversationId;
  const asked = "a" as CanonicalId;
  return {
    requests: requests.map((number) => ({ number, conversation, name: "Amber Fox", label: "bike", asked })),
    lastRequest: last,
  };
}

/** In the control room. */
function atDesk(requests: readonly number[], question?: Question, last?: number): Answerable {
  return { question, desk: deskWith(requests, last), words: true };
}

/** In the bridge's own chat while conversations are open there. */
function inShared(requests: readonly number[], question?: Question): Answerable {
  return { question, desk: deskWith(requests), words: false };
}

function inConversation(question?: Question): Answerable {
  return { question, desk: undefined, words: false };
}

describe("a bare number answers the last question", () => {
  test.each<readonly [string, Question, object]>([
    ["1", sendAgain, { kind: "yes-no", yes: true }],
    ["2", sendAgain, { kind: "yes-no", yes: false }],
    ["1", joinLink, { kind: "yes-no", yes: true, question: joinLink }],
    ["2", forgetMe, { kind: "yes-no", yes: false }],
    ["1", guard, { kind: "guard", answer: "send" }],
    ["2", guard, { kind: "guard", answer: "drop" }],
    ["3", guard, { kind: "guard", answer: "always" }],
    ["1", whom, { kind: "whom", choice: 0 }],
    ["2", whom, { kind: "whom", choice: 1 }],
  ])("%s to %o", (text, question, answer) => {
    expect(readAnswer(text, inConversation(question))).toMatchObject(answer);
    expect(readAnswer(text, atDesk([7], question))).toMatchObject(answer);
  });

  test.each([
    " 1 ",
    "1.",
    "1)",
    "1!",
    "1️⃣",
    "١",
    "१",
    "１",
    "1\n",
    "\u200e1",
    "1 yes",
    "1. Yes",
    "1 - yes",
    "1 · yes",
  ])("%j is 1", (text) => {
    expect(readAnswer(text, inConversation(joinLink))).toMatchObject({ kind: "yes-no", yes: true });
  });

  test.each(["0", "3", "11", "1 2", "one", "1 no", "2 yes", "1st", "1 of them", "-1", "1,5", "1 accept"])(
    "%j is a message",
    (text) => {
      expect(readAnswer(text, inConversation(joinLink))).toBeUndefined();
    },
  );

  test("a number is a message while nothing is asked", () => {
    expect(readAnswer("1", inConversation())).toBeUndefined();
    expect(readAnswer("1", atDesk([]))).toBeUndefined();
  });

  test("words of the menu answer with their number", () => {
    expect(readAnswer("2 leave it", inConversation(sendAgain))).toMatchObject({ yes: false });
    expect(readAnswer("2 don’t", inConversation(guard))).toMatchObject({ answer: "drop" });
  });

  test("words alone answer only where nobody else would read them", () => {
    expect(readAnswer("Yes.", atDesk([], joinLink))).toMatchObject({ kind: "yes-no", yes: true });
    expect(readAnswer("no", atDesk([], forgetMe))).toMatchObject({ kind: "yes-no", yes: false });
    expect(readAnswer("always", atDesk([], guard))).toMatchObject({ answer: "always" });
    for (const open of [inConversation(sendAgain), inShared([], joinLink)])
      expect(readAnswer("yes", open)).toBeUndefined();
  });

  test.each([
    ["send", "send"],
    ["SEND!", "send"],
    ["don't", "drop"],
    ["DON’T", "drop"],
    ["Dont.", "drop"],
    ["Always", "always"],
  ] as const)("%j answers the guard, whose menu shows it, in a conversation, too", (text, answer) => {
    expect(readAnswer(text, inConversation(guard))).toMatchObject({ kind: "guard", answer });
    expect(readAnswer(text, inShared([], guard))).toMatchObject({ kind: "guard", answer });
    expect(readAnswer(text, inConversation())).toBeUndefined();
  });

  test("what the guard's menu doesn't show is a text", () => {
    for (const text of ["yes", "no", "send it", "don't know"])
      expect(readAnswer(text, inConversation(guard))).toBeUndefined();
  });
});

describe("a request stays answerable", () => {
  test.each<readonly [string, string]>([
    ["1", "accept"],
    ["2", "decline"],
    ["3", "block"],
    ["accept", "accept"],
    ["DECLINE!", "decline"],
    ["block", "block"],
    ["5 accept", "accept"],
    ["accept 5", "accept"],
    ["decline request 5", "decline"],
    ["block #5", "block"],
  ])("the only one by %j, long after it was asked", (text, answer) => {
    expect(readAnswer(text, atDesk([5]))).toEqual({ kind: "request", request: 5, answer });
  });

  test("the only one by its number in a chat with conversations too, but not by a word", () => {
    expect(readAnswer("1", inShared([5]))).toEqual({ kind: "request", request: 5, answer: "accept" });
    expect(readAnswer("5 block", inShared([5]))).toEqual({ kind: "request", request: 5, answer: "block" });
    expect(readAnswer("accept", inShared([5]))).toBeUndefined();
  });

  test("yes and no answer it while it is the last question, and not later", () => {
    expect(readAnswer("yes", atDesk([5], asks(5)))).toMatchObject({ request: 5, answer: "accept" });
    expect(readAnswer("no", atDesk([5], asks(5)))).toMatchObject({ request: 5, answer: "decline" });
    expect(readAnswer("yes", atDesk([5]))).toBeUndefined();
  });

  test("another question that was asked since goes first", () => {
    expect(readAnswer("2", atDesk([5], joinLink))).toMatchObject({ kind: "yes-no", yes: false });
    expect(readAnswer("3", atDesk([5], joinLink))).toBeUndefined();
    expect(readAnswer("5 decline", atDesk([5], joinLink))).toMatchObject({ request: 5, answer: "decline" });
    expect(readAnswer("accept", atDesk([5], joinLink))).toMatchObject({ request: 5, answer: "accept" });
  });
});

describe("of several requests none is guessed", () => {
  test("yes and no ask which", () => {
    expect(readAnswer("yes", atDesk([1, 2], asks(2)))).toEqual({ kind: "which-request" });
    expect(readAnswer("no", atDesk([1, 2]))).toBeUndefined();
  });

  test.each(["1", "2", "3", "accept", "block"])("%j asks which", (text) => {
    expect(readAnswer(text, atDesk([1, 2], asks(2)))).toEqual({ kind: "which-request" });
    expect(readAnswer(text, atDesk([1, 2]))).toEqual({ kind: "which-request" });
  });

  test.each([
    ["1 accept", 1, "accept"],
    ["2 Decline", 2, "decline"],
    ["2. block", 2, "block"],
    ["block 1", 1, "block"],
  ] as const)("%j says which", (text, request, answer) => {
    expect(readAnswer(text, atDesk([1, 2]))).toEqual({ kind: "request", request, answer });
    expect(readAnswer(text, inShared([1, 2]))).toEqual({ kind: "request", request, answer });
  });

  test("a bare number is a message in a chat with conversations, unless a request was the last thing asked", () => {
    expect(readAnswer("1", inShared([1, 2]))).toBeUndefined();
    expect(readAnswer("1", inShared([1, 2], asks(2)))).toEqual({ kind: "which-request" });
    expect(readAnswer("40", inShared([1, 2], asks(2)))).toBeUndefined();
  });

  test("a number that isn't open is said, not guessed", () => {
    expect(readAnswer("3 accept", atDesk([1, 2]))).toEqual({ kind: "no-such-request", request: 3 });
    expect(readAnswer("3 block", atDesk([1, 2]))).toEqual({ kind: "no-such-request", request: 3 });
    expect(readAnswer("accept 4", atDesk([]))).toEqual({ kind: "no-such-request", request: 4 });
  });

  test("an answer that comes late doesn't go to the request that is left", () => {
    expect(readAnswer("1 accept", atDesk([3], undefined, 3))).toEqual({
      kind: "no-such-request",
      request: 1,
    });
    expect(readAnswer("40", inShared([], asks(2)))).toBeUndefined();
    expect(readAnswer("1", atDesk([1], asks(2), 2))).toEqual({ kind: "no-such-request", request: 2 });
  });

  test("the menu's own words answer the only request, while their number can't be another's", () => {
    expect(readAnswer("2 decline", atDesk([1]))).toEqual({ kind: "request", request: 1, answer: "decline" });
    expect(readAnswer("3 block", atDesk([1]))).toEqual({ kind: "request", request: 1, answer: "block" });
    expect(readAnswer("3 decline", atDesk([1]))).toEqual({ kind: "no-such-request", request: 3 });
    expect(readAnswer("2 decline", atDesk([1], undefined, 2))).toEqual({
      kind: "no-such-request",
      request: 2,
    });
  });
});

describe("a reaction answers what it is put on", () => {
  test.each<readonly [string, Question, object]>([
    ["1️⃣", joinLink, { yes: true }],
    ["2⃣", joinLink, { yes: false }],
    ["👍", joinLink, { yes: true }],
    ["👍🏽", joinLink, { yes: true }],
    ["✅", sendAgain, { yes: true }],
    ["✔️", sendAgain, { yes: true }],
    ["👎", sendAgain, { yes: false }],
    ["❌", forgetMe, { yes: false }],
    ["👍", guard, { answer: "send" }],
    ["3️⃣", guard, { answer: "always" }],
    ["2️⃣", whom, { choice: 1 }],
    ["👍", asks(2), { kind: "request", request: 2, answer: "accept" }],
    ["👎", asks(1), { kind: "request", request: 1, answer: "decline" }],
    ["🚫", asks(2), { kind: "request", request: 2, answer: "block" }],
    ["3️⃣", asks(1), { kind: "request", request: 1, answer: "block" }],
    ["👍", asks(4), { kind: "no-such-request", request: 4 }],
  ])("%s on %o", (emoji, question, answer) => {
    expect(readReaction(emoji, question, deskWith([1, 2]))).toMatchObject(answer);
  });

  test.each<readonly [string, Question]>([
    ["❤️", joinLink],
    ["👍", whom],
    ["3️⃣", joinLink],
    ["🚫", joinLink],
    ["1", joinLink],
    ["", guard],
    ["constructor", guard],
  ])("%j on %o says nothing", (emoji, question) => {
    expect(readReaction(emoji, question, deskWith([]))).toBeUndefined();
  });
});

test("a command answers the only request, or the one it names", () => {
  expect(answerRequest("accept", undefined, deskWith([4]))).toMatchObject({ request: 4, answer: "accept" });
  expect(answerRequest("accept", undefined, deskWith([4, 5]))).toEqual({ kind: "which-request" });
  expect(answerRequest("block", 5, deskWith([4, 5]))).toMatchObject({ request: 5, answer: "block" });
  expect(answerRequest("accept", undefined, deskWith([]))).toBeUndefined();
});

test("reading never throws, and answers only what is open", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "1",
      "2",
      "3",
      "accept",
      "decline",
      "block",
      "yes",
      "no",
      " ",
      "/",
      ".",
      "1️⃣",
      "👍",
      "send",
    ),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(" "));
  const question = fc.constantFrom(undefined, sendAgain, joinLink, guard, forgetMe, whom, asks(1), asks(2));
  const requests = fc.subarray([1, 2, 3]);
  fc.assert(
    fc.property(text, question, requests, fc.boolean(), (said, asked, open, words) => {
      const answer = readAnswer(said, { question: asked, desk: deskWith(open), words });
      if (answer?.kind === "request") expect(open).toContain(answer.request);
      if (answer?.kind === "which-request") expect(open.length).toBeGreaterThan(1);
      if (answer !== undefined && "question" in answer) expect(answer.question).toBe(asked);
      if (asked !== undefined) readReaction(said, asked, deskWith(open));
      expect(readAnswer(said, inConversation())).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});

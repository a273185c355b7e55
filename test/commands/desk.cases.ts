// The table of desk.test.ts: for each kind of text and state of a desk, what is decided.

import type { DeskRecord, OpenRequest, Question, Thread } from "../../src/model/conversation.ts";
import type { HandleCode } from "../../src/model/handle.ts";
import type { CanonicalId, ConversationId, LegId, PersonId } from "../../src/model/ids.ts";
import { DAY, MINUTE } from "../../src/model/time.ts";
import type { Decision } from "../../src/routing/effects.ts";
import { NOW } from "../routing/fixture.ts";

const id = (name: string) => name as ConversationId; // ids are opaque: any text will do, here and below
export const ABOUT = "the notice" as CanonicalId;
export const CODE = "k3v97qxm4t" as HandleCode;

/** The open requests of a desk; `the notice` showed the first. */
export function requests(...numbers: readonly number[]): Pick<DeskRecord, "requests" | "lastRequest"> {
  const open = numbers.map(
    (number, i): OpenRequest => ({
      ...{ number, conversation: id(`c${number}`), name: `Fox ${number}`, label: "bike" },
      asked: i === 0 ? ABOUT : (`asked ${number}` as CanonicalId),
    }),
  );
  return { requests: open, lastRequest: Math.max(0, ...numbers) };
}

const thread = (name: string, at = NOW - MINUTE): Thread => ({
  ...{ conversation: id(name), leg: `${name}-leg` as LegId, name, label: "bike", at },
});
const ana = thread("Ana");
const leo = thread("Leo");
const old = thread("Old", NOW - 2 * DAY);
export const threads = { ana, leo, old } as const;

const open = { until: NOW + MINUTE, asked: ABOUT };
export const questions = {
  first: { ...open, kind: "request", request: 1 },
  second: { ...open, kind: "request", request: 2 },
  join: { ...open, kind: "join-link", desk: id("theirs"), person: "them" as PersonId },
  confirm: { ...open, kind: "confirm-link", desk: id("theirs"), guest: "them" as PersonId },
  forget: { ...open, kind: "forget-me" },
  whom: { ...open, kind: "whom", conversations: [id("Leo"), id("Ana")] },
  guard: { ...open, kind: "guard" },
  words: { ...open, kind: "first-text", code: CODE },
  late: { kind: "forget-me", until: NOW - 2 * MINUTE },
} as const satisfies Readonly<Record<string, Question>>;

type Desk = Partial<Pick<DeskRecord, "requests" | "lastRequest" | "threads" | "focus" | "unreadable">> & {
  readonly asked?: Question;
  /** SMS instead of Matrix. */
  readonly onPhone?: true;
};

interface Expected {
  readonly errand?: object;
  readonly says?: string | RegExp;
  /** What is open after it; `same`: whatever it was. */
  readonly asks?: Question["kind"] | "nothing" | "same";
  readonly ignored?: Decision["ignored"];
}

/** A text or a reaction at a desk, and what follows. */
export type Case = readonly [text: string, desk: Desk, expected: Expected];

const answer = (request: number, said: string) => ({
  errand: { kind: "answer-request", request, answer: said },
});
const say = (name: string, cut?: number) => ({
  errand: { kind: "say", conversation: id(name), ...(cut === undefined ? {} : { cut }) },
});
const stranger = { errand: { kind: "stranger" } };
const command = (given: object) => ({ errand: { kind: "command", command: given } });
const contact = (whole: boolean) => ({ errand: { kind: "contact", codes: [CODE], whole } });

export const CASES: Readonly<Record<string, readonly Case[]>> = {
  "an opt-out word, before anything else": [
    ["STOP", { onPhone: true, asked: questions.words }, { errand: { kind: "opt-out" }, asks: "same" }],
    ["Stop.", { onPhone: true, threads: [ana] }, { errand: { kind: "opt-out" } }],
    ["start", { onPhone: true }, { errand: { kind: "opt-in" } }],
    ["help", { onPhone: true, asked: questions.words }, { says: /STOP ends texts/, asks: "same" }],
    ["stop", { threads: [ana] }, say("Ana")],
    ["stop", {}, stranger],
  ],
  "an answer, before codes and commands": [
    ["1", { ...requests(1), asked: questions.first }, { ...answer(1, "accept"), asks: "nothing" }],
    ["2", requests(1), answer(1, "decline")],
    ["3", requests(1), answer(1, "block")],
    ["block 1", requests(1), answer(1, "block")],
    ["/block 1", requests(1), answer(1, "block")],
    ["/block 1", { ...requests(1), threads: [ana] }, answer(1, "block")],
    ["/accept", requests(1), answer(1, "accept")],
    ["/accept 2", requests(1, 2), answer(2, "accept")],
    ["1", requests(1, 2), { says: /^Which request\?/, asks: "request" }],
    ["/decline", requests(1, 2), { says: /^Which request\?/, asks: "request" }],
    ["3 accept", requests(1, 2), { says: /^Request 3 isn't open/ }],
    ["/accept", {}, { says: "No request is open.", asks: "nothing" }],
    ["1", {}, stranger],
    ["1", { asked: questions.join }, { errand: { kind: "join-link", yes: true }, asks: "nothing" }],
    ["no", { asked: questions.confirm }, { errand: { kind: "confirm-link", yes: false }, asks: "nothing" }],
    ["yes", { asked: questions.forget }, { errand: { kind: "forget-me" }, asks: "nothing" }],
    ["2", { asked: questions.forget }, { says: "Nothing was forgotten.", asks: "nothing" }],
    ["1", { asked: questions.late }, { ...stranger, asks: "same" }],
    ["3", { asked: questions.guard, threads: [ana] }, { errand: { answer: "always" }, asks: "nothing" }],
    [
      "2",
      { asked: questions.whom, threads: [ana, leo] },
      { errand: { kind: "release", conversation: "Ana" }, asks: "nothing" },
    ],
  ],
  "an answer clears its own question, and no other": [
    ["1 accept", { ...requests(1), asked: questions.join }, { ...answer(1, "accept"), asks: "same" }],
    ["accept", { ...requests(1), asked: questions.forget }, { ...answer(1, "accept"), asks: "same" }],
    ["2 accept", { ...requests(1, 2), asked: questions.first }, { ...answer(2, "accept"), asks: "same" }],
    ["1 accept", { ...requests(1, 2), asked: questions.second }, { ...answer(1, "accept"), asks: "same" }],
    [
      "block 1",
      { ...requests(1), asked: questions.whom, threads: [ana] },
      { ...answer(1, "block"), asks: "same" },
    ],
    ["handles", { asked: questions.join }, { ...command({ kind: "handles" }), asks: "same" }],
  ],
  "a code": [
    ["4821 3067", {}, { errand: { kind: "redeem-link", code: "48213067" } }],
    ["K3V9 7QXM 4T hi there", {}, contact(false)],
    ["hi, k3v9-7qxm-4t", { threads: [ana], onPhone: true }, contact(false)],
    ["k3v97qxm4t", { asked: questions.words }, { ...contact(false), asks: "nothing" }],
  ],
  "the first text to a handle whose code came alone": [
    ["is it there?", { asked: questions.words }, { ...contact(true), asks: "nothing" }],
    ["me", { asked: questions.words }, { ...contact(true), asks: "nothing" }],
    ["1", { asked: questions.words }, { ...contact(true), asks: "nothing" }],
    ["//me", { asked: questions.words }, { errand: { kind: "contact", cut: 0 }, asks: "nothing" }],
    ["/me", { asked: questions.words }, { ...command({ kind: "me" }), asks: "same" }],
    ["hi", { asked: questions.words, threads: [ana, leo] }, { ...contact(true), asks: "nothing" }],
  ],
  "a command": [
    ["handle new bike for 30d", {}, command({ kind: "handle-new", label: "bike", lifetime: 30 * DAY })],
    ["handles", { threads: [ana], onPhone: true }, say("Ana")],
    ["/handles", { threads: [ana] }, command({ kind: "handles" })],
    ["help", {}, { says: /^You can send me:/ }],
    ["/help", { threads: [ana], onPhone: true }, { says: /^What you text here goes to the other side/ }],
    ["requests", {}, { errand: { kind: "command", command: { kind: "requests" } } }],
    ["requests", { ...requests(4), asked: questions.join }, { says: /^Request 4/, asks: "request" }],
    ["forget me", {}, { says: /^Forget you\?/, asks: "forget-me" }],
    ["/blok", { threads: [ana], onPhone: true }, { says: /^Not sent: \/blok is no command/ }],
    ["/blok", {}, { says: /^I don't know that\. Did you mean "block"\?/ }],
    ["handle new", {}, { says: /^A label is missing/ }],
    ["name Ana", {}, { says: /is for conversations/ }],
    ["good morning", {}, stranger],
  ],
  "the list": [
    ["list", {}, { says: "No conversation is open in this chat.", asks: "nothing" }],
    ["/list", { threads: [ana, leo] }, { says: /^Open here: 1 Ana · bike {2}2 Leo · bike/, asks: "whom" }],
    ["/list", { threads: [ana] }, { says: /^Open here: 1 Ana/, asks: "whom" }],
    // It keeps its numbers while it is open.
    [
      "/list",
      { threads: [ana, old, leo], asked: questions.whom },
      { says: /^Open here: 1 Leo · bike {2}2 Ana · bike {2}3 Old/, asks: "whom" },
    ],
  ],
  "a control room, while a request of its person waits": [
    ["help", { threads: [ana] }, { says: /^You can send me:/ }],
    ["me", { threads: [ana] }, command({ kind: "me" })],
    ["handles", { threads: [ana, leo] }, command({ kind: "handles" })],
    ["/handles", { threads: [ana] }, command({ kind: "handles" })],
    ["forget me", { threads: [ana] }, { says: /^Forget you\?/, asks: "forget-me" }],
    ["handle new lamp", { threads: [ana] }, command({ kind: "handle-new", label: "lamp" })],
    ["accept", { threads: [ana], ...requests(1) }, answer(1, "accept")],
    ["name Ana", { threads: [ana] }, command({ kind: "name", name: "Ana" })],
    ["/blok", { threads: [ana] }, { says: /^I don't know that. Did you mean "block"\?/ }],
    ["I can come today", { threads: [ana] }, say("Ana")],
    ["me and my brother can come", { threads: [ana] }, say("Ana")],
    ["yes", { threads: [ana] }, say("Ana")],
    ["//block", { threads: [ana] }, say("Ana", 0)],
    ["hello", { threads: [ana, leo] }, { errand: { kind: "hold" } }],
    ["me", { threads: [ana], onPhone: true }, say("Ana")],
    ["help", { asked: questions.words }, { ...contact(true), asks: "nothing" }],
  ],
  "a message, where conversations are led": [
    ["hello", { threads: [ana] }, say("Ana")],
    ["//block", { threads: [ana] }, say("Ana", 0)],
    ["  //block it", { threads: [ana] }, say("Ana", 2)],
    ["hello", { threads: [old] }, say("Old")],
    ["hello", { threads: [ana, leo] }, { errand: { kind: "hold" } }],
    ["//hello", { threads: [ana, leo] }, { errand: { kind: "hold", cut: 0 } }],
    ["hello", { threads: [ana, leo], focus: { conversation: id("Leo"), until: NOW + MINUTE } }, say("Leo")],
    [
      "hello",
      { threads: [ana, leo], focus: { conversation: id("Leo"), until: NOW - MINUTE } },
      { errand: { kind: "hold" } },
    ],
    ["4", { threads: [ana], ...requests(1) }, say("Ana")],
  ],
};

/** `text`: the emoji. Each is put on the message of the commit `the notice`. */
export const REACTIONS: readonly Case[] = [
  ["👍", requests(1), answer(1, "accept")],
  ["👍", requests(1, 2), answer(1, "accept")],
  ["👍", { ...requests(1, 2), asked: { ...questions.second, asked: ABOUT } }, answer(1, "accept")],
  ["2️⃣", { asked: questions.join }, { errand: { kind: "join-link", yes: false }, asks: "nothing" }],
  ["👍", { asked: questions.late }, { ignored: "nothing-to-do" }],
  ["👍", {}, { ignored: "nothing-to-do" }],
  ["❤️", requests(1), { ignored: "nothing-to-do" }],
  // On a list of requests, and on none of them.
  [
    "👍",
    { requests: requests(3, 4, 5).requests.slice(1), asked: questions.second },
    { says: /^Which request/ },
  ],
  // On something else than the question that is open.
  ["👍", { asked: { ...questions.join, asked: "other" as CanonicalId } }, { ignored: "nothing-to-do" }],
];

// The table of decide.test.ts: for each kind of event and state of a conversation, what is decided.

import type { Conversation, Question } from "../../src/model/conversation.ts";
import type { DeliveryId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { MINUTE } from "../../src/model/time.ts";
import type { Decision } from "../../src/routing/effects.ts";
import type { LaneEvent } from "../../src/routing/lane-event.ts";
import { DELETION, edit, membership, picture, REACTION, TARGET } from "./bodies.ts";
import { conversation, event, FOX, message, NOW, PHONE_LEG, type ROOM_LEG } from "./fixture.ts";

const question = (until = NOW + MINUTE): Question => ({
  kind: "send-again",
  leg: PHONE_LEG,
  delivery: "kept" as DeliveryId, // an opaque id
  until,
});
/** A conversation in which the one on Matrix was asked whether to send again. */
export const asked = (until?: number): Conversation =>
  conversation({ questions: { "room-seat": question(until) } });

const PICTURES = "room-leg! Not delivered to Amber Fox: pictures can't be sent from here yet.";
const NO_REACTIONS = "room-leg! Amber Fox can't get reactions on SMS.";
const NO_DELETIONS = "room-leg! Amber Fox can't get deletions on SMS.";
const EDITS_AS_TEXT = "room-leg! Amber Fox can't get edits on SMS; they got it as text.";

/** What is decided, in short. */
export interface Expected {
  readonly says?: readonly string[];
  readonly changes?: readonly string[];
  readonly ignored?: Decision["ignored"];
  readonly revive?: "again" | "drop";
}

/** One event, and what follows from it. */
export type Case = readonly [sentence: string, event: LaneEvent, before: Conversation, expected: Expected];

export const CASES: readonly Case[] = [
  [
    "a text from the room goes to the phone",
    event(message("hello")),
    conversation(),
    { says: ["phone-leg: hello"] },
  ],
  [
    "a text from the phone goes to the room",
    event(message("hi"), "phone"),
    conversation(),
    { says: ["room-leg: hi"] },
  ],
  ["an empty text is a text", event(message("")), conversation(), { says: ["phone-leg: "] }],
  [
    "what a stranger in the room writes goes nowhere",
    event(message("hello"), sensitive("@stranger:example.org")),
    conversation(),
    { ignored: "not-a-participant" },
  ],
  [
    "the other participant isn't heard on a leg that isn't theirs",
    event(message("hello"), FOX),
    conversation(),
    { ignored: "not-a-participant" },
  ],
  [
    "a leg that the conversation doesn't have is nobody's",
    event(message("hello"), "room", { leg: "gone" as typeof ROOM_LEG }),
    conversation(),
    { ignored: "not-a-participant" },
  ],
  [
    "who left the conversation isn't heard any more",
    event(message("hello"), "phone"),
    conversation({}, { seats: { state: "left" } }),
    { ignored: "not-a-participant" },
  ],
  [
    "nothing goes to whom has left the conversation",
    event(message("hello")),
    conversation({}, { seats: { state: "left" } }),
    { ignored: "nothing-to-do" },
  ],
  ...[message("hello"), edit("hello"), REACTION, DELETION, picture(), membership("left")].map(
    (body): Case => [
      `a closed conversation takes no ${body.kind}`,
      event(body),
      conversation({ open: false }),
      { ignored: "closed" },
    ],
  ),
  [
    "an edit goes as a text, and that is said",
    event(edit("hello!")),
    conversation(),
    { says: ["phone-leg: * hello!", EDITS_AS_TEXT], changes: ["told edit:phone-leg"] },
  ],
  [
    "a second edit goes as a text, and nothing is said",
    event(edit("hello!!")),
    conversation({ told: ["edit:phone-leg"] }),
    { says: ["phone-leg: * hello!!"] },
  ],
  [
    "an edit that made a picture of it can't be sent, and that is said",
    event({ kind: "edit", target: TARGET, content: { kind: "unbridgeable", what: "image" } }),
    conversation(),
    { says: ["room-leg! Amber Fox can't get edits on SMS."], changes: ["told edit:phone-leg"] },
  ],
  [
    "a reaction can't be sent, and that is said",
    event(REACTION),
    conversation(),
    { says: [NO_REACTIONS], changes: ["told reaction:phone-leg"] },
  ],
  [
    "a second reaction is dropped without a word",
    event(REACTION),
    conversation({ told: ["reaction:phone-leg"] }),
    { ignored: "nothing-to-do" },
  ],
  [
    "a deletion can't be sent, and that is said although it was said of reactions",
    event(DELETION),
    conversation({ told: ["reaction:phone-leg"] }),
    { says: [NO_DELETIONS], changes: ["told reaction:phone-leg delete:phone-leg"] },
  ],
  [
    "what can't be bridged is told to its sender each time",
    event(picture()),
    conversation({ told: ["image:phone-leg"] }),
    { says: [PICTURES] },
  ],
  [
    "what can't be read is told to its sender",
    event({ kind: "malformed", what: "encrypted" }),
    conversation(),
    { says: ["room-leg! Not delivered to Amber Fox: encrypted messages can't be sent from here yet."] },
  ],
  [
    "who leaves the native thread is away",
    event(membership("left"), "phone"),
    conversation(),
    { changes: ["phone-leg away"] },
  ],
  [
    "who comes back isn't away any more",
    event(membership("joined"), "phone"),
    conversation({}, { legs: { away: true } }),
    { changes: ["phone-leg back"] },
  ],
  [
    "leaving twice changes nothing",
    event(membership("left"), "phone"),
    conversation({}, { legs: { away: true } }),
    { ignored: "nothing-to-do" },
  ],
  [
    "joining as expected changes nothing",
    event(membership("joined")),
    conversation(),
    { ignored: "nothing-to-do" },
  ],
  [
    "an invitation changes nothing",
    event(membership("invited")),
    conversation(),
    { ignored: "nothing-to-do" },
  ],
  [
    "a stranger who leaves changes nothing",
    event(membership("left"), sensitive("@stranger:example.org")),
    conversation(),
    { ignored: "not-a-participant" },
  ],
  [
    "the next message to who is away opens the thread again, before itself",
    event(message("hello")),
    conversation({}, { legs: { away: true } }),
    { says: ["phone-leg openPortal", "phone-leg: hello"], changes: ["phone-leg back"] },
  ],
  [
    "an edit for who is away opens the thread again, too",
    event(edit("hello")),
    conversation({ told: ["edit:phone-leg"] }, { legs: { away: true } }),
    { says: ["phone-leg openPortal", "phone-leg: * hello"], changes: ["phone-leg back"] },
  ],
  [
    "a reaction for who is away opens nothing",
    event(REACTION),
    conversation({ told: ["reaction:phone-leg"] }, { legs: { away: true } }),
    { ignored: "nothing-to-do" },
  ],
  [
    "1 answers an open question with yes",
    event(message("1")),
    asked(),
    { changes: ["no questions"], revive: "again" },
  ],
  [
    "2 answers an open question with no",
    event(message("2")),
    asked(),
    { changes: ["no questions"], revive: "drop" },
  ],
  [
    "an answer may stand between spaces",
    event(message(" 1 \n")),
    asked(),
    { changes: ["no questions"], revive: "again" },
  ],
  ["1 is a message when nothing was asked", event(message("1")), conversation(), { says: ["phone-leg: 1"] }],
  [
    "1 is a message once the question has closed",
    event(message("1")),
    asked(NOW - 1_000),
    { says: ["phone-leg: 1"] },
  ],
  [
    "1 is a message from the one who wasn't asked",
    event(message("1"), "phone"),
    asked(),
    { says: ["room-leg: 1"] },
  ],
  ...["3", "11", "yes", "1.", "１", "", "2 leave it"].map(
    (text): Case => [
      `"${text}" is a message although a question is open`,
      event(message(text)),
      asked(),
      { says: [`phone-leg: ${text}`] },
    ],
  ),
  ["a picture answers nothing", event(picture()), asked(), { says: [PICTURES] }],
];

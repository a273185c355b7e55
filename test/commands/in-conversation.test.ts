import { describe, expect, test } from "vitest";
import { matrixDoor } from "../../adapters/matrix/door.ts";
import { smsDoor } from "../../adapters/sms/door.ts";
import { decideConversation } from "../../src/commands/in-conversation.ts";
import type { Content } from "../../src/model/content.ts";
import type { Conversation } from "../../src/model/conversation.ts";
import type { CanonicalId, DeliveryId, LegId, SeatId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { MINUTE } from "../../src/model/time.ts";
import type { Circumstances, Decision } from "../../src/routing/effects.ts";
import {
  circumstances,
  conversation,
  event,
  message,
  NOW,
  PHONE_LEG,
  ROOM_LEG,
  shown,
} from "../routing/fixture.ts";

/** Phones have opt-out words here, rooms have none. */
function around(): Circumstances {
  const plain = circumstances();
  return {
    ...plain,
    capabilitiesOf: (account) => ({ ...plain.capabilitiesOf(account), optOutWords: account === "phones" }),
  };
}

function said(text: string, from: "room" | "phone" = "room", before = conversation()): Decision {
  return decideConversation(event(message(text), from), before, around());
}

const work = ({ errand }: Decision) => {
  if (errand === undefined) return undefined;
  const { id: _id, at: _at, ...rest } = errand;
  return rest;
};

const UNSURE = {
  kind: "send-again",
  delivery: "lost" as DeliveryId, // ids are opaque: any text will do, here and below
  leg: PHONE_LEG,
  until: NOW + MINUTE,
} as const;
const GUARD = { kind: "guard", until: NOW + MINUTE } as const;

function asked(question: typeof UNSURE | typeof GUARD, until = question.until): Conversation {
  return conversation({ questions: { ["room-seat" as SeatId]: { ...question, until } } });
}

describe("a command in a conversation", () => {
  test.each<readonly [string, object]>([
    ["/block", { kind: "block", target: { kind: "here" } }],
    ["/Block.", { kind: "block", target: { kind: "here" } }],
    ["/block Leo", { kind: "block", target: { kind: "person", name: "Leo" } }],
    ["/blocked", { kind: "blocked" }],
    ["/unblock Amber Fox", { kind: "unblock", name: "Amber Fox" }],
    ["/mute", { kind: "mute", target: { kind: "here" } }],
    ["/unmute", { kind: "unmute", target: { kind: "here" } }],
    ["/name Ana", { kind: "name", name: "Ana" }],
    ["/guard off", { kind: "guard", on: false }],
  ])("%s is an errand of its writer, and nothing is said to anybody yet", (text, command) => {
    const decision = said(text);
    expect(work(decision)).toEqual({ kind: "command", command });
    expect(decision.deliveries).toEqual([]);
  });

  test.each([
    ["/help", /\/block/],
    ["/help block", /\/block \[NAME\]: Blocks/],
    ["/blok", /blok/],
    ["/name", /name/i],
    ["/link", /link/],
    ["/name Ana\nBob", /line/],
  ])("%s is answered where it was typed, and the other side reads nothing of it", (text, answer) => {
    const { deliveries, errand } = said(text);
    expect(errand).toBeUndefined();
    expect(deliveries.map(({ leg }) => leg)).toEqual([ROOM_LEG]);
    expect(shown(deliveries)[0]).toMatch(answer);
    expect(deliveries[0]?.from).toBeUndefined();
  });

  test.each([
    ["room", matrixDoor("@bridge:example.org"), "@bridge:example.org"],
    ["phone", smsDoor("+15550100"), "+1 555 0100"],
    ["phone", undefined, "the bridge itself"],
  ] as const)("what isn't for conversations can be sent, from a %s, to %o", (from, door, where) => {
    const visited = { ...around(), doorOf: () => door };
    const { deliveries } = decideConversation(event(message("/link"), from), conversation(), visited);
    expect(shown(deliveries)).toEqual([`${from}-leg! "link" isn't for conversations. Send it to ${where}.`]);
  });

  test("what isn't for conversations isn't sent back to the number of the conversation", () => {
    const visited = { ...around(), doorOf: () => smsDoor("+15550100") };
    const on = conversation({}, { legs: { number: sensitive("+15550100") } });
    const { deliveries } = decideConversation(event(message("/link"), "phone"), on, visited);
    expect(shown(deliveries)).toEqual([
      `phone-leg! "link" isn't for conversations. Send it to the bridge itself.`,
    ]);
  });

  test.each(["block", "help", "1 accept", "/ block", "a /block", "/1", "unlink"])(
    "%s is a message",
    (text) => {
      expect(shown(said(text).deliveries)).toEqual([`phone-leg: ${text}`]);
    },
  );

  test("two strokes make a message of it, with one", () => {
    expect(shown(said("//block").deliveries)).toEqual(["phone-leg: /block"]);
    expect(shown(said(" //block him").deliveries)).toEqual(["phone-leg:  /block him"]);
  });

  test("styles stay where they were when a stroke is taken out", () => {
    const content: Content = {
      kind: "text",
      text: "//me waves",
      spans: [
        { start: 0, end: 10, style: "bold" },
        { start: 5, end: 10, style: "italic" },
        { start: 0, end: 1, style: "code" },
      ],
    };
    const spoken = event({ kind: "message", content }, "phone");
    const [delivery] = decideConversation(spoken, conversation(), around()).deliveries;
    expect(delivery?.task).toMatchObject({
      content: {
        text: "/me waves",
        spans: [
          { start: 0, end: 9, style: "bold" },
          { start: 4, end: 9, style: "italic" },
        ],
      },
    });
  });
});

describe("an opt-out word", () => {
  test.each([
    ["STOP", { kind: "opt-out" }],
    ["stop.", { kind: "opt-out" }],
    ["Start", { kind: "opt-in" }],
  ])("%s on a network that has them is an errand, and no message", (text, expected) => {
    const decision = said(text, "phone");
    expect(work(decision)).toEqual(expected);
    expect(decision.deliveries).toEqual([]);
  });

  test("HELP is answered also to somebody who wants no more texts", () => {
    const { deliveries } = said("HELP", "phone");
    expect(deliveries).toHaveLength(1);
    expect(deliveries[0]).toMatchObject({ leg: PHONE_LEG, task: { kind: "send", insists: true } });
  });

  test("is a message where the network has none", () => {
    expect(shown(said("STOP").deliveries)).toEqual(["phone-leg: STOP"]);
  });

  test("counts before an open question, when the conversation is over, and from who has left", () => {
    for (const before of [
      conversation({ questions: { ["phone-seat" as SeatId]: GUARD } }),
      conversation({ open: false }),
      conversation({}, { seats: { state: "left" } }),
    ])
      expect(work(said("STOP", "phone", before))).toEqual({ kind: "opt-out" });
  });

  test("isn't taken from somebody else in the same chat", () => {
    const other = event(message("STOP"), "phone", { from: event(message("")).from });
    expect(decideConversation(other, conversation(), around()).ignored).toBe("not-a-participant");
  });
});

describe("an answer to the open question", () => {
  test.each([
    ["1", "again"],
    ["1.", "again"],
    ["2", "drop"],
    ["2 leave it", "drop"],
  ])("%s says whether a text goes again: %s", (text, action) => {
    expect(said(text, "room", asked(UNSURE)).revive).toMatchObject({ delivery: "lost", action });
  });

  test.each([
    ["1", "send"],
    ["2", "drop"],
    ["3", "always"],
  ])("%s to a text that gives something away: %s", (text, answer) => {
    const decision = said(text, "room", asked(GUARD));
    expect(work(decision)).toEqual({ kind: "answer-guard", answer });
    expect(decision.changes).toMatchObject([{ kind: "record", record: { questions: {} } }]);
  });

  test.each([
    ["3", asked(UNSURE)],
    ["4", asked(GUARD)],
    ["yes", asked(UNSURE)],
    ["1", asked(UNSURE, NOW - MINUTE)],
    ["1", conversation()],
  ])("%s is a message where no question takes it", (text, before) => {
    expect(shown(said(text, "room", before).deliveries)).toEqual([`phone-leg: ${text}`]);
  });
});

describe("a reaction", () => {
  const by = "asked" as CanonicalId;
  const reacted = (emoji: string | null, question: typeof UNSURE | typeof GUARD, more = { about: by }) => {
    const before = conversation({ questions: { ["room-seat" as SeatId]: { ...question, asked: by } } });
    const body = { kind: "reaction", target: sensitive("$1"), emoji } as const;
    return decideConversation(event(body, "room", more), before, around());
  };

  test("to the open question answers it", () => {
    expect(reacted("👍", UNSURE).revive).toMatchObject({ delivery: "lost", action: "again" });
    expect(reacted("2️⃣", UNSURE).revive).toMatchObject({ delivery: "lost", action: "drop" });
    expect(work(reacted("👎", GUARD))).toEqual({ kind: "answer-guard", answer: "drop" });
  });

  test.each([["🎉"], [null]])("to the open question that is no answer (%s) goes nowhere", (emoji) => {
    expect(reacted(emoji, UNSURE)).toMatchObject({ deliveries: [], changes: [], ignored: "nothing-to-do" });
  });

  test("to anything else is for the other side", () => {
    const { deliveries, revive } = reacted("👍", UNSURE, { about: "other" as CanonicalId });
    expect(revive).toBeUndefined();
    expect(deliveries).toHaveLength(1);
  });
});

describe("somebody who has blocked the other side", () => {
  const before = conversation({}, { seats: { state: "blocked" } });

  test("is told that their text isn't sent", () => {
    const { deliveries } = said("hello", "phone", before);
    expect(shown(deliveries)).toEqual(['phone-leg! Not sent: you have blocked Ana. "/unblock Ana" undoes.']);
  });

  test("can still give commands", () => {
    expect(work(said("/unblock Ana", "phone", before))).toMatchObject({ kind: "command" });
  });

  test("hears nothing, and the other one isn't told", () => {
    const decision = said("are you there?", "room", before);
    expect(decision).toMatchObject({ deliveries: [], changes: [], ignored: "nothing-to-do" });
  });
});

test("what is no text goes its way", () => {
  const left = event({ kind: "membership", change: "left" }, "room");
  expect(decideConversation(left, conversation(), around()).changes).toMatchObject([
    { kind: "leg", leg: { id: "room-leg" as LegId, away: true } },
  ]);
});

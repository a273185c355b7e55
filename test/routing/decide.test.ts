import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Content } from "../../src/model/content.ts";
import { applyChanges } from "../../src/model/conversation.ts";
import { decide } from "../../src/routing/decide.ts";
import type { Decision } from "../../src/routing/effects.ts";
import type { LaneEvent } from "../../src/routing/lane-event.ts";
import { DELETION, edit, membership, picture, REACTION } from "./bodies.ts";
import { asked, CASES } from "./decide.cases.ts";
import {
  ANA,
  circumstances,
  conversation,
  DEADLINE,
  event,
  FOX,
  message,
  NOW,
  PHONE_LEG,
  ROOM_LEG,
  shown,
} from "./fixture.ts";

function changesOf({ changes }: Decision): string[] {
  return changes.map((change) => {
    if (change.kind === "leg") return `${change.leg.id} ${change.leg.away ? "away" : "back"}`;
    if (change.kind !== "record") return change.kind;
    const { told, questions } = change.record;
    return told.length > 0
      ? `told ${told.join(" ")}`
      : Object.keys(questions).length === 0
        ? "no questions"
        : "asked";
  });
}

describe("what follows from an event", () => {
  test.each(CASES)("%s", (_sentence, happened, before, { says = [], changes = [], ignored, revive }) => {
    const decision = decide(happened, before, circumstances());
    expect(shown(decision.deliveries)).toEqual(says);
    expect(changesOf(decision)).toEqual(changes);
    expect(decision.ignored).toBe(ignored);
    expect(decision.revive?.action).toBe(revive);
  });

  test("is the same for the same event, snapshot and circumstances", () => {
    for (const [, happened, before] of CASES) {
      expect(decide(happened, before, circumstances())).toEqual(decide(happened, before, circumstances()));
    }
  });

  test("that is nothing at all says why, so that nothing is dropped without a trace", () => {
    const silent = CASES.filter(([, happened, before]) => {
      const { deliveries, changes, revive, ignored } = decide(happened, before, circumstances());
      return deliveries.length + changes.length === 0 && revive === undefined && ignored === undefined;
    });
    expect(silent.map(([sentence]) => sentence)).toEqual([]);
  });

  test("revives on the leg of the other one, by the delivery that was asked about", () => {
    expect(decide(event(message("1")), asked(), circumstances()).revive).toEqual({
      delivery: "kept",
      leg: PHONE_LEG,
      action: "again",
    });
  });
});

describe("a message", () => {
  const spans = [{ start: 0, end: 5, style: "bold" }] as const;
  const bold: Content = { kind: "text", text: "hello", spans };
  const sent = (from: "room" | "phone"): Content | undefined => {
    const [delivery] = decide(
      event({ kind: "message", content: bold }, from),
      conversation(),
      circumstances(),
    ).deliveries;
    return delivery?.task.kind === "send" ? delivery.task.content : undefined;
  };

  test("keeps its formatting where the network has some", () => {
    expect(sent("phone")).toEqual(bold);
  });

  test("goes as its plain text where the network has none", () => {
    expect(sent("room")).toEqual({ kind: "text", text: "hello" });
  });

  test("is its sender's, keeps its own time, and is tried for as long as the rules say from its acceptance", () => {
    const [delivery] = decide(event(message("hello")), conversation(), circumstances()).deliveries;
    expect(delivery).toMatchObject({
      from: "room-seat",
      deadline: NOW - 1_000 + DEADLINE,
      task: { kind: "send", at: NOW - 2_000 },
    });
  });

  test("of any text comes out as it went in", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(shown(decide(event(message(text)), conversation(), circumstances()).deliveries)).toEqual([
          `phone-leg: ${text}`,
        ]);
      }),
    );
  });
});

describe("any events in a row", () => {
  const texts = fc.oneof(fc.string(), fc.constantFrom("1", "2"));
  const body: fc.Arbitrary<LaneEvent["body"]> = fc.oneof(
    texts.map(message),
    texts.map(edit),
    fc.constantFrom<LaneEvent["body"][]>(REACTION, DELETION, picture()),
    fc.constantFrom("joined" as const, "left" as const, "invited" as const).map(membership),
  );
  const events = fc.array(fc.tuple(body, fc.constantFrom("room" as const, "phone" as const)), {
    maxLength: 20,
  });

  test("make notices that have no sender, and messages that have one", () => {
    fc.assert(
      fc.property(events, (all) => {
        let now = conversation();
        for (const [each, from] of all) {
          const { deliveries, changes } = decide(event(each, from), now, circumstances());
          for (const { task, from: sender } of deliveries) {
            const own = task.kind === "send" && task.content.kind === "text";
            expect(sender !== undefined).toBe(own);
          }
          now = applyChanges(now, changes);
        }
      }),
    );
  });

  test("say of each loss once, and never write to the one who did it but in a notice", () => {
    fc.assert(
      fc.property(events, (all) => {
        let now = conversation();
        const losses: string[] = [];
        for (const [each, from] of all) {
          const decision = decide(event(each, from), now, circumstances());
          const own = from === "room" ? ROOM_LEG : PHONE_LEG;
          for (const line of shown(decision.deliveries)) {
            if (line.startsWith(own)) expect(line).toContain("! ");
            if (line.includes("can't get")) losses.push(line);
          }
          now = applyChanges(now, decision.changes);
        }
        expect(new Set(losses).size).toBe(losses.length);
      }),
    );
  });

  test("write nothing that holds an address", () => {
    fc.assert(
      fc.property(events, (all) => {
        for (const [each, from] of all) {
          const { deliveries } = decide(event(each, from), conversation(), circumstances());
          const written = JSON.stringify(deliveries);
          expect(written).not.toContain(ANA.expose());
          expect(written).not.toContain(FOX.expose());
        }
      }),
    );
  });
});

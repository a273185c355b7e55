import { describe, expect, test } from "vitest";
import type { Capabilities } from "../../src/model/capabilities.ts";
import { applyChanges } from "../../src/model/conversation.ts";
import type { LegId, SeatId } from "../../src/model/ids.ts";
import { decide } from "../../src/routing/decide.ts";
import type { Circumstances } from "../../src/routing/effects.ts";
import { type Arrived, afterLoss } from "../../src/routing/loss.ts";
import { DELETION } from "./bodies.ts";
import { circumstances, conversation, event, message, PHONE_LEG, ROOM_LEG, ROOMS, shown } from "./fixture.ts";

const [TO_PHONE, TO_ROOM]: readonly Arrived[] = [
  { leg: PHONE_LEG, from: "room-seat" as SeatId }, // ids are opaque: any text will do
  { leg: ROOM_LEG, from: "phone-seat" as SeatId },
];

const lost = (
  loss: Parameters<typeof afterLoss>[0],
  arrived: Arrived | undefined,
  before = conversation(),
  around: Circumstances = circumstances(),
) => afterLoss(loss, arrived ?? { leg: PHONE_LEG }, before, around);

/** Circumstances in which the phone's network has formatting of a kind. */
function withFormatted(formatted: Capabilities["features"]["formatted"]): Circumstances {
  const usual = circumstances();
  return {
    ...usual,
    capabilitiesOf: (account) => {
      const capabilities = usual.capabilitiesOf(account);
      return account === ROOMS
        ? capabilities
        : { ...capabilities, features: { ...capabilities.features, formatted } };
    },
  };
}

describe("a message that arrived without a part of it", () => {
  test("is told to its sender: what the network never has, and what it couldn't take this time", () => {
    expect(shown(lost(["reply"], TO_PHONE)?.deliveries ?? [])).toEqual([
      "room-leg! Amber Fox can't get replies on SMS; they got it as text.",
    ]);
    expect(shown(lost(["formatted"], TO_ROOM)?.deliveries ?? [])).toEqual([
      "phone-leg! Ana can't get all formatted text on Matrix; they got one message as plain text.",
    ]);
  });

  test("is told once for each kind", () => {
    const first = lost(["reply", "reply", "edit"], TO_PHONE);
    expect(first?.deliveries).toHaveLength(2);
    const after = applyChanges(conversation(), first?.changes ?? []);
    expect(lost(["edit", "reply"], TO_PHONE, after)).toBeUndefined();
    expect(shown(lost(["edit", "delete"], TO_PHONE, after)?.deliveries ?? [])).toHaveLength(1);
    expect(lost(["reply"], TO_ROOM, after)).toBeDefined();
  });

  test("isn't told again where it was said when it was decided, nor the other way round", () => {
    const decided = decide(event(DELETION), conversation(), circumstances());
    const after = applyChanges(conversation(), decided.changes);
    expect(lost(["delete"], TO_PHONE, after)).toBeUndefined();
    const told = applyChanges(conversation(), lost(["delete"], TO_PHONE)?.changes ?? []);
    expect(decide(event(DELETION), told, circumstances()).deliveries).toEqual([]);
  });

  test.each(["none", "degraded"] as const)(
    "isn't told of plain formatting where nobody expects any (%s)",
    (support) => {
      expect(lost(["formatted"], TO_PHONE, conversation(), withFormatted(support))).toBeUndefined();
      expect(lost(["formatted"], TO_PHONE, conversation(), withFormatted("full"))).toBeDefined();
    },
  );

  test("is told to nobody when it is the bridge's own, or its sender or receiver is gone", () => {
    expect(lost(["reply"], undefined)).toBeUndefined();
    expect(lost(["reply"], { leg: PHONE_LEG, from: "gone" as SeatId })).toBeUndefined();
    expect(lost(["reply"], { leg: "gone" as LegId, from: "room-seat" as SeatId })).toBeUndefined();
    expect(lost([], TO_PHONE)).toBeUndefined();
  });

  test("keeps open what was asked, and says it without a sender, so that it causes no other notice", () => {
    const question = { kind: "send-again", leg: PHONE_LEG, delivery: "d", until: 1 } as const;
    const before = conversation({
      questions: { "room-seat": { ...question, delivery: "d" as never } }, // an id: opaque
      told: ["edit:phone-leg"],
    });
    const after = applyChanges(before, lost(["reply"], TO_PHONE, before)?.changes ?? []);
    expect(after.record.questions).toEqual(before.record.questions);
    expect(after.record.told).toEqual(["edit:phone-leg", "reply:phone-leg"]);
    const [notice] = lost(["reply"], TO_PHONE)?.deliveries ?? [];
    expect(notice && "from" in notice).toBe(false);
    expect(decide(event(message("hello")), after, circumstances()).deliveries).toHaveLength(1);
  });
});

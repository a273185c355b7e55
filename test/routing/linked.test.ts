import { describe, expect, test } from "vitest";
import { type Conversation, type Leg, legOfSeat, type Seat } from "../../src/model/conversation.ts";
import type { IdentityId, LegId } from "../../src/model/ids.ts";
import { decide } from "../../src/routing/decide.ts";
import { ANA, circumstances, conversation, event, message, PHONE_LEG, ROOMS, shown } from "./fixture.ts";

const SECOND = "second-leg" as LegId; // opaque
const LEO = ANA.map(() => "@leo:example.org");

/** Amber Fox by phone, and in a room since they linked a Matrix account. */
function linked(leg: Partial<Leg> = {}, seat: Partial<Seat> = {}): Conversation {
  const before = conversation();
  const phone = before.legs.find(({ id }) => id === PHONE_LEG);
  if (phone === undefined) throw new Error("the fixture has a phone");
  const second: Leg = { ...phone, id: SECOND, account: ROOMS, to: LEO, alias: "c", ...leg };
  const seats = before.seats.map((each) => (each.id === phone.seat ? { ...each, ...seat } : each));
  return { ...before, seats, legs: [...before.legs, second] };
}

const fox = ({ seats }: Conversation): Seat => seats.at(-1) ?? (seats[0] as Seat); // two sit there
const byRoom = event(message("hi"), LEO, { leg: SECOND });

describe("somebody with two accounts in a conversation", () => {
  test("is reached where they last wrote from", () => {
    const { changes, deliveries, errand } = decide(byRoom, linked(), circumstances());
    expect(changes).toMatchObject([{ kind: "seat", seat: { via: SECOND } }]);
    expect(deliveries).toHaveLength(1);
    expect(errand).toEqual({ kind: "follow", id: byRoom.canonical, at: byRoom.acceptedAt });
    const after = linked({}, { via: SECOND });
    expect(decide(byRoom, after, circumstances())).toMatchObject({ changes: [] });
    expect(shown(decide(event(message("yes?")), after, circumstances()).deliveries)[0]).toContain(SECOND);
  });

  test("is reached where they write, also if another account was to be used for the next message", () => {
    const wanting = linked({}, { wants: "another" as IdentityId }); // opaque
    const { changes } = decide(event(message("hi"), "phone"), wanting, circumstances());
    expect(changes).toEqual([{ kind: "seat", seat: { ...fox(linked()), via: PHONE_LEG } }]);
  });

  test("is reached where they chose to be, wherever they write", () => {
    const { changes, errand } = decide(byRoom, linked({}, { via: PHONE_LEG, pinned: true }), circumstances());
    expect([changes, errand]).toEqual([[], undefined]);
  });

  test("isn't heard, nor reached, at one that was unlinked", () => {
    const over = linked({ over: true }, { via: SECOND });
    expect(decide(byRoom, over, circumstances()).ignored).toBe("not-a-participant");
    expect(legOfSeat(over, fox(over))?.id).toBe(PHONE_LEG);
  });
});

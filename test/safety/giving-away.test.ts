import { describe, expect, test } from "vitest";
import type { ContactRecord, Conversation } from "../../src/model/conversation.ts";
import type { HandleId } from "../../src/model/handle.ts";
import type { ConversationId, SeatId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { givenAwayBy } from "../../src/safety/giving-away.ts";
import { conversation } from "../routing/fixture.ts";

const OURS = "+12025550111";
const record: ContactRecord = {
  ...{ origin: "contact", open: true, label: "bike", kept: {}, told: [], questions: {}, requestUntil: 0 },
  // Ids are opaque: any text will do.
  ...{ handle: "handle" as HandleId, owner: "room-seat" as SeatId, desk: "desk" as ConversationId },
};

function given(text: string, change: Partial<Conversation> = {}, unguarded = false) {
  const before = { ...conversation({}, { legs: { number: sensitive(OURS) } }), record, ...change };
  const [, seat] = before.seats;
  const [, leg] = before.legs;
  if (seat === undefined || leg === undefined) throw new Error("two sit there");
  return givenAwayBy({ kind: "text", text }, before, { ...seat, unguarded }, leg);
}

describe("a text in a conversation that began with a handle", () => {
  test.each([
    ["call +44 20 7946 0018", "phone"],
    // National, as the writer's own country writes it.
    ["912 345 678", "phone"],
    ["ana@example.org", "email"],
    ["I'm @ana:example.org", "account"],
    ["447700900123@s.whatsapp.net", "account"],
    ["see you at six", undefined],
    [`text ${OURS}`, undefined],
  ])("%s gives away: %s", (text, what) => {
    expect(given(text)).toBe(what);
  });

  test("isn't asked about when its writer doesn't want to be", () => {
    expect(given("ana@example.org", {}, true)).toBeUndefined();
  });

  test("isn't in a pair, whose parties the operator knows", () => {
    expect(given("ana@example.org", { record: conversation().record })).toBeUndefined();
  });
});

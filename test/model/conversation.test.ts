import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyChanges, type Change, toldMark } from "../../src/model/conversation.ts";
import { accountId, networkName } from "../../src/model/ids.ts";
import { timeOfDay } from "../../src/model/texts.ts";
import { conversation, PHONE_LEG } from "../routing/fixture.ts";

const before = conversation();
const [, phone] = before.legs;
const [ana] = before.seats;
if (phone === undefined || ana === undefined) throw new Error("the fixture has two of each");

describe("changes of a conversation", () => {
  test("that are none leave it as it is, with its version", () => {
    expect(applyChanges(before, [])).toBe(before);
  });

  test.each<readonly [string, Change, object]>([
    [
      "replace the record",
      { kind: "record", record: { ...before.record, open: false } },
      { record: { open: false } },
    ],
    ["close the gate", { kind: "gate" }, { gate: before.gate + 1 }],
    [
      "replace the leg that is named",
      { kind: "leg", leg: { ...phone, away: true } },
      { legs: [before.legs[0], { ...phone, away: true }] },
    ],
    [
      "replace the seat that is named",
      { kind: "seat", seat: { ...ana, name: "Ana Maria" } },
      { seats: [{ ...ana, name: "Ana Maria" }, before.seats[1]] },
    ],
  ])("%s, and raise the version by one", (_sentence, change, expected) => {
    expect(applyChanges(before, [change])).toMatchObject({ ...expected, version: before.version + 1 });
  });

  test("raise the version by one however many they are, and leave the old one untouched", () => {
    const copy = { ...before, legs: [...before.legs], seats: [...before.seats] };
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), (aways) => {
        const changes = aways.map((away): Change => ({ kind: "leg", leg: { ...phone, away } }));
        const after = applyChanges(before, changes);
        expect(after.version).toBe(before.version + 1);
        expect(after.legs[1]?.away).toBe(aways.at(-1)); // the last one counts
        expect(before).toEqual(copy);
      }),
    );
  });

  test("put a new leg behind those that are there", () => {
    const added = { ...phone, id: "added" as typeof PHONE_LEG };
    expect(applyChanges(before, [{ kind: "leg", leg: added }]).legs).toEqual([...before.legs, added]);
  });
});

test("a mark of what was told differs for each feature and leg", () => {
  expect(toldMark("edit", PHONE_LEG)).toBe("edit:phone-leg");
});

describe("names", () => {
  test.each(["a", "sms", "matrix-2", "a".repeat(32)])("of accounts may be %s", (name) => {
    expect(accountId(name)).toBe(name);
  });

  test.each(["", "A", "2sms", "a_b", "a:b", "a}b", "a".repeat(33), "sms ", "é", "a\n"])(
    "of accounts may not be %j",
    (name) => {
      expect(() => accountId(name)).toThrow(RangeError);
    },
  );

  test.each(["", "a", "SMS", "sms1", "a".repeat(17)])("of networks may not be %j", (name) => {
    expect(() => networkName(name)).toThrow(RangeError);
  });

  test("that are refused aren't repeated in the error, since they may be an address put in the wrong place", () => {
    expect(() => accountId("+351912345678")).toThrow(/^[^+]*$/);
  });
});

test.each([
  ["UTC", "12:00"],
  ["Europe/Lisbon", "13:00"],
  ["Asia/Kolkata", "17:30"],
  ["Pacific/Auckland", "00:00"],
])("the time of the day in %s is %s", (zone, shown) => {
  expect(timeOfDay(Date.UTC(2026, 4, 14, 12, 0), Date.UTC(2026, 4, 14, 12, 0), zone)).toBe(shown);
});

test("a time that is on the next day where it is read says so", () => {
  const now = Date.UTC(2026, 4, 14, 19, 40);
  expect(timeOfDay(Date.UTC(2026, 4, 15, 15, 38), now, "UTC")).toBe("15:38 tomorrow");
  expect(timeOfDay(Date.UTC(2026, 4, 14, 20, 0), now, "Asia/Kolkata")).toBe("01:30");
});

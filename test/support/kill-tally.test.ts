// What the kill test counts, since nobody would notice that it counts nothing.

import { expect, test } from "vitest";
import { english } from "../../src/model/texts.ts";
import { conversationsOf } from "../scenarios/kill/conversations.ts";
import { Ledger } from "../scenarios/kill/ledger.ts";
import { emptyTally, type Side, tallyConversation } from "../scenarios/kill/tally.ts";
import type { Direction } from "../scenarios/kill/token.ts";

/** Three texts that were taken, in a conversation of SMS (first) and WhatsApp (second). */
function threeTexts(
  direction: Direction,
  shown: (tokens: readonly [string, string, string]) => readonly string[],
) {
  const [conversation] = conversationsOf(0, 1);
  if (conversation === undefined) throw new Error("there is none");
  const ledger = new Ledger(1);
  const said = (): string => {
    const entry = ledger.next(0, direction);
    entry.toldAt = 1;
    return entry.token;
  };
  const there: Side = { shown: shown([said(), said(), said()]) };
  const tally = emptyTally();
  return {
    ways: tally.ways,
    /** `notices`: what their sender read meanwhile. */
    count: (...notices: string[]) => {
      const here: Side = { shown: notices };
      const sides = direction === "in" ? { first: here, second: there } : { first: there, second: here };
      const entries = (of: Direction) => ledger.of(0, of);
      return tallyConversation({ conversation, entries, submits: new Map(), ...sides }, tally);
    },
  };
}

test("texts that all arrived once and in order break nothing", () => {
  const { ways, count } = threeTexts("in", (tokens) => tokens);
  expect(count()).toEqual([]);
  expect(ways["sms to whatsapp"]).toMatchObject({ told: 3, arrived: 3, lost: 0, outOfOrder: 0, doubled: 0 });
});

test("a text that never came is lost, one that came late is out of order, one that came twice is doubled", () => {
  const { ways, count } = threeTexts("in", ([first, second]) => [second, first, first]);
  expect(count().map(({ what }) => what)).toEqual(["lost", "doubled", "out of order"]);
  expect(ways["sms to whatsapp"]).toMatchObject({ told: 3, arrived: 2, lost: 1, outOfOrder: 1, doubled: 1 });
  expect(ways["whatsapp to sms"].told).toBe(0);
});

test("a text to a phone whose sender on WhatsApp was told that it is uncertain isn't lost, and is counted as that", () => {
  const { ways, count } = threeTexts("out", ([first, second]) => [first, second]);
  count(english.unsure({ name: "Amber Fox" }));
  expect(ways["whatsapp to sms"]).toMatchObject({ lost: 0, flagged: 1, flaggedNotArrived: 1 });
});

test("one that was given up is counted as that", () => {
  const { ways, count } = threeTexts("in", ([first, second]) => [first, second]);
  count(english.givenUp({ name: "bike" }));
  expect(ways["sms to whatsapp"]).toMatchObject({ lost: 0, givenUp: 1 });
});

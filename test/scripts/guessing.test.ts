import { describe, expect, it } from "vitest";
import { mostTaken } from "../../scripts/docs/guessing.ts";
import { DAY, HOUR } from "../../src/model/time.ts";

describe("the most that can be taken of a limit", () => {
  it("is its budget and what comes back", () => {
    expect(mostTaken({ budget: 10, per: HOUR }, 0)).toBe(10);
    expect(mostTaken({ budget: 10, per: HOUR }, 24 * HOUR)).toBe(250);
  });

  const codes = { budget: 5, per: DAY, pause: { first: HOUR, longest: DAY } };

  it("counts the budget that each pause brings back", () => {
    expect(mostTaken(codes, HOUR - 1)).toBe(5);
    expect(mostTaken(codes, HOUR)).toBe(10);
    expect(mostTaken(codes, 7 * HOUR)).toBe(20); // pauses of 1, 2 and 4 hours
  });

  it("takes the best plan: some pauses, then a day until they are forgotten", () => {
    const neverWaits = 5 + 5 * (5 + Math.floor((30 * 24 - 31) / 24)); // 1+2+4+8+16 h, then a day each
    expect(mostTaken(codes, 30 * DAY)).toBeGreaterThan(2 * neverWaits);
    expect(mostTaken(codes, 30 * DAY)).toBe(480);
  });
});

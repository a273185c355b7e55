import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellOf } from "../../src/model/gcra.ts";
import { DAY, HOUR, SECOND } from "../../src/model/time.ts";

const budget = fc.integer({ min: 1, max: 1_000_000 });
const per = fc.integer({ min: SECOND, max: DAY });

describe("a budget as GCRA counts it", () => {
  it("takes so long to come back as its part of the time", () => {
    expect(cellOf({}, { budget: 20, per: DAY }, 1)).toEqual({
      increment: 4_320_000_000,
      window: DAY * 1_000,
    });
    expect(cellOf({}, { budget: 20, per: DAY }, 5)?.increment).toBe(5 * 4_320_000_000);
  });

  it("of a strict limit is half as large, and comes back in the same time", () => {
    expect(cellOf({ strict: true }, { budget: 20, per: HOUR }, 1)).toEqual(
      cellOf({}, { budget: 10, per: HOUR }, 1),
    );
    expect(cellOf({ strict: true }, { budget: 20, per: HOUR }, 11)).toBeUndefined();
    expect(cellOf({ strict: true }, { budget: 1, per: HOUR }, 1)).toBeUndefined();
  });

  it("can't give more than it is, whatever the time", () => {
    expect(cellOf({}, { budget: 0, per: HOUR }, 1)).toBeUndefined();
    expect(cellOf({}, { budget: 4, per: HOUR }, 5)).toBeUndefined();
  });

  it("holds exactly its units, in whole microseconds that a double holds", () => {
    fc.assert(
      fc.property(budget, per, (units, time) => {
        const one = cellOf({}, { budget: units, per: time }, 1);
        const all = cellOf({}, { budget: units, per: time }, units);
        expect(one && Number.isSafeInteger(one.window) && one.increment >= 1).toBe(true);
        expect((one?.increment ?? 0) * units).toBe(one?.window);
        expect(all?.increment).toBe(all?.window);
      }),
    );
  });

  it("is never whole sooner than it should be, and later by a unit's microsecond at most", () => {
    fc.assert(
      fc.property(budget, per, (units, time) => {
        const late = (cellOf({}, { budget: units, per: time }, 1)?.window ?? 0) - time * 1_000;
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThan(units);
      }),
    );
  });
});

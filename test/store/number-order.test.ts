import { describe, expect, test } from "vitest";
import { sensitive } from "../../src/model/sensitive.ts";
import { homeOf, inOrder, type PoolNumber } from "../../src/store/number-order.ts";

const LISBON = "+351211234567";
const NEW_YORK = "+12125550100";
const OTTAWA = "+16135550100";
const BERLIN = "+4930123456";

/** A pool, `load` by number; the first is the front door. */
function ordered(phone: string, loads: Readonly<Record<string, number>>, texted?: string): string[] {
  const [frontDoor] = Object.keys(loads);
  const pool = Object.entries(loads).map(([digits, load]): PoolNumber => {
    const number = sensitive(digits);
    return { number, home: homeOf(number), isFrontDoor: digits === frontDoor, load };
  });
  const sorted = inOrder(
    pool,
    homeOf(sensitive(phone)),
    texted === undefined ? undefined : sensitive(texted),
  );
  return sorted.map(({ number }) => number.expose());
}

describe("the numbers of a pool, for a phone", () => {
  test("begin with the one that it texted, wherever that is and whatever its load", () => {
    expect(ordered("+351912345678", { [LISBON]: 0, [BERLIN]: 99 }, BERLIN)).toEqual([BERLIN, LISBON]);
  });

  test("are those of its own country first, then those with its calling code, then the others", () => {
    const pool = { [BERLIN]: 0, [OTTAWA]: 0, [NEW_YORK]: 9, [LISBON]: 0 };
    expect(ordered("+12015550123", pool)).toEqual([NEW_YORK, OTTAWA, LISBON, BERLIN]);
    expect(ordered("+351912345678", pool)[0]).toBe(LISBON);
  });

  test("have the front door last among those that are as near", () => {
    const near = { "+351211234560": 0, "+351211234561": 50, [BERLIN]: 0 };
    expect(ordered("+351912345678", near)).toEqual(["+351211234561", "+351211234560", BERLIN]);
  });

  test("are the least loaded first, and in the config's order when they are as loaded", () => {
    const pool = { [BERLIN]: 0, "+351211234561": 3, "+351211234562": 1, "+351211234563": 1 };
    expect(ordered("+351912345678", pool)).toEqual([
      "+351211234562",
      "+351211234563",
      "+351211234561",
      BERLIN,
    ]);
  });

  test("keep their order for an address that is no phone number", () => {
    expect(ordered("80123", { [BERLIN]: 0, [LISBON]: 0, [OTTAWA]: 0 })).toEqual([LISBON, OTTAWA, BERLIN]);
  });

  test("aren't widened by a number that was texted and isn't in the pool", () => {
    expect(ordered("+351912345678", { [LISBON]: 0 }, BERLIN)).toEqual([LISBON]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RISKY_NUMBERS, type SmsRules } from "../../src/config/index.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { destinationOf } from "../../src/safety/destination.ts";

const RULES: SmsRules = { to: [], refuse: RISKY_NUMBERS, costs: { "+": 1 } };
const to = (number: string, rules: Partial<SmsRules> = {}) =>
  destinationOf(sensitive(number), { ...RULES, ...rules });

describe("a text to an ordinary phone", () => {
  it.each([
    ["+351912345678", "+35191", "Portugal, mobile"],
    ["+12025550123", "+1202", "Washington"],
    ["+18765551234", "+1876", "Jamaica, behind the same +1"],
    ["+447911123456", "+4479", "Britain, mobile"],
    ["+390612345678", "+3906", "Italy keeps its 0"],
    ["+79161234567", "+791", "Russia"],
    ["+77012345678", "+770", "Kazakhstan, behind the same +7"],
    ["+35312222222", "+35312", "Dublin, fixed"],
  ])("to %s counts in the range %s (%s)", (number, prefix) => {
    expect(to(number)).toEqual({ kind: "ordinary", prefix, cost: 1 });
  });

  it("counts in one range whatever its last digits are, so that a range names nobody", () => {
    const number = fc.integer({ min: 1_000_000, max: 9_999_999 }).map((last) => `+35191${last}`);
    fc.assert(
      fc.property(number, (each) => {
        expect(to(each)).toMatchObject({ prefix: "+35191" });
      }),
    );
  });
});

describe("a text to a risky number", () => {
  it.each([
    ["+19005551234", "premium"],
    ["+449012345678", "premium"],
    ["+33899123456", "premium"],
    ["+34803123456", "premium"],
    ["+447012345678", "special"],
    ["+18005551234", "special"],
    ["+881612345678", "satellite"],
    ["+88213300655", "satellite"],
    ["+870772001234", "satellite"],
    ["+97912345678", "satellite"],
    ["+80012345678", "satellite"],
    ["+449512345678", "unallocated"],
    ["+15550100111", "unallocated"],
    ["+447700900123", "unallocated"],
    ["+99912345678", "unallocated"],
    ["+1202555", "unallocated"],
    ["+35191234567890", "unallocated"],
    ["7726", "unallocated"],
    ["AMAZON", "unallocated"],
  ])("to %s is refused as %s", (number, why) => {
    expect(to(number)).toEqual({ kind: "refused", why });
  });

  it("goes where the operator lets it, and counts in its range", () => {
    const refuse = RISKY_NUMBERS.filter((each) => each !== "unallocated");
    expect(to("+15550100111", { refuse })).toEqual({ kind: "ordinary", prefix: "+1555", cost: 1 });
    expect(to("+447700900123", { refuse })).toMatchObject({ prefix: "+4477" });
    expect(to("+99912345678", { refuse })).toMatchObject({ prefix: "+99" });
    expect(to("+19005551234", { refuse })).toMatchObject({ why: "premium" });
  });
});

describe("the countries that the operator names", () => {
  it("are the only ones that texts go to", () => {
    const rules = { to: ["+351", "+1202"] };
    expect(to("+351912345678", rules).kind).toBe("ordinary");
    expect(to("+12025550123", rules).kind).toBe("ordinary");
    expect(to("+18765551234", rules)).toEqual({ kind: "refused", why: "elsewhere" });
  });

  it("don't open their premium numbers", () => {
    expect(to("+449012345678", { to: ["+44"] })).toEqual({ kind: "refused", why: "premium" });
  });
});

describe("what a part costs", () => {
  const costs = { "+": 2, "+1": 3, "+1876": 40, "+351": 0 };

  it.each([
    ["+447911123456", 2],
    ["+12025550123", 3],
    ["+18765551234", 40],
    ["+351912345678", 0],
  ])("to %s is %d: the longest beginning that fits", (number, cost) => {
    expect(to(number, { costs })).toMatchObject({ cost });
    const turned = Object.fromEntries(Object.entries(costs).reverse());
    expect(to(number, { costs: turned })).toMatchObject({ cost });
  });

  it("is 1 where nothing fits", () => {
    expect(to("+447911123456", { costs: { "+1": 3 } })).toMatchObject({ cost: 1 });
  });
});

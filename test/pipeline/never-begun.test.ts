import { expect, test } from "vitest";
import type { DeliveryId } from "../../src/model/ids.ts";
import { NeverBegun } from "../../src/pipeline/never-begun.ts";

const one = "one" as DeliveryId; // ids are opaque: any text will do

test("what never began is known until it begins", () => {
  const known = new NeverBegun();
  known.add(one);
  expect(known.has(one)).toBe(true);
  known.begins(one);
  expect(known.has(one)).toBe(false);
});

test("it is known over one more break, and forgotten with the next", () => {
  const known = new NeverBegun();
  known.add(one);
  known.age();
  expect(known.has(one)).toBe(true);
  known.age();
  expect(known.has(one)).toBe(false);
});

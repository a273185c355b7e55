import { format, inspect } from "node:util";
import { serialize } from "node:v8";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Sensitive, sensitive } from "../../src/model/sensitive.ts";

const SECRET = "+351912345678 canary";

/** Ways in which a value is written or copied by mistake. */
const WAYS: readonly (readonly [way: string, write: (value: unknown) => unknown])[] = [
  ["JSON", (value) => JSON.stringify(value)],
  ["JSON inside an object", (value) => JSON.stringify({ deep: [{ value }] })],
  ["JSON with an indent and a replacer", (value) => JSON.stringify(value, (_key, each: unknown) => each, 2)],
  ["a template", (value) => `${value}`],
  ["String()", (value) => String(value)],
  ["joining", (value) => [value, value].join()],
  ["adding to a text", (value) => "".concat(value as string)], // as a careless caller would
  ["%s", (value) => format("%s", value)],
  ["%d", (value) => format("%d", value)],
  ["%j", (value) => format("%j", value)],
  ["%o", (value) => format("%o", value)],
  ["%O", (value) => format("%O", value)],
  ["%o of an object that holds it", (value) => format("%o", { deep: { value } })],
  ["inspect", (value) => inspect(value)],
  [
    "inspect with all that is hidden",
    (value) => inspect(value, { showHidden: true, depth: null, getters: true }),
  ],
  ["inspect without custom functions", (value) => inspect(value, { customInspect: false, showHidden: true })],
  [
    "inspect of a map and a set",
    (value) => inspect([new Map([["a", value]]), new Set([value])], { depth: null }),
  ],
  [
    "an error's cause",
    (value) => inspect(Object.assign(new Error("failed", { cause: value }), { stack: "" })),
  ],
  ["structuredClone", (value) => inspect(structuredClone(value), { showHidden: true })],
  ["v8.serialize", (value) => serialize(value).toString("latin1")],
  ["Object.entries", (value) => Object.entries(value as object)],
  ["own keys", (value) => Reflect.ownKeys(value as object).map(String)],
  ["spreading", (value) => ({ ...(value as object) })],
  ["Object.assign", (value) => Object.assign({}, value)],
  [
    "own descriptors",
    (value) => inspect(Object.getOwnPropertyDescriptors(value as object), { showHidden: true, depth: null }),
  ],
];

const written = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

describe("a sensitive value", () => {
  test.each(WAYS)("isn't shown by %s", (_way, write) => {
    for (const hidden of [
      sensitive(SECRET),
      sensitive({ phone: SECRET }),
      sensitive([SECRET]),
      sensitive(SECRET).map((s) => s),
    ]) {
      const shown = written(write(hidden));
      expect(shown).not.toContain("351");
      expect(shown).not.toContain("canary");
    }
  });

  test("of any text shows the same as of any other", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, two) => {
        for (const [, write] of WAYS)
          expect(written(write(sensitive(one)))).toBe(written(write(sensitive(two))));
      }),
      { numRuns: 20 },
    );
  });

  test("can be had by expose alone", () => {
    expect(sensitive(SECRET).expose()).toBe(SECRET);
    expect(new Sensitive(42).map((value) => value + 1).expose()).toBe(43);
  });

  test("is the same as itself and no other, so that comparing by mistake is never true", () => {
    expect(Object.is(sensitive(SECRET), sensitive(SECRET))).toBe(false);
    expect(Number.isNaN(Number(sensitive(42)))).toBe(true);
  });
});

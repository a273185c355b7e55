import { createSecretKey } from "node:crypto";
import { expect, test } from "vitest";
import { lookupName } from "../../src/privacy/lookups.ts";
import { RecentNames } from "../../src/privacy/recent-names.ts";

const [ONE, OTHER] = [1, 2].map((octet) => createSecretKey(Buffer.alloc(32, octet)));
if (ONE === undefined || OTHER === undefined) throw new Error("two peppers were made");

test("a name is the same, made or remembered, of any two parts and under any pepper", () => {
  const names = new RecentNames();
  for (let round = 0; round < 2; round++) {
    for (const pepper of [ONE, OTHER, ONE]) {
      for (const [a, b] of [
        ["sms", "x"],
        ["sm", "sx"],
        ["", "smsx"],
      ] as const) {
        expect(names.of(pepper, "chat", a, b)).toBe(lookupName(pepper, "chat", a, b));
        expect(names.of(pepper, "limit", a, b)).toBe(lookupName(pepper, "limit", a, b));
      }
    }
  }
});

test("more names than are remembered are right all the same", () => {
  const names = new RecentNames();
  for (let i = 0; i < 10_000; i++) names.of(ONE, "identity", "sms", `+1${i}`);
  expect(names.of(ONE, "identity", "sms", "+10")).toBe(lookupName(ONE, "identity", "sms", "+10"));
});

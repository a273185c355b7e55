import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CrossSlot } from "../../../src/store/redis/errors.ts";
import { redirection } from "../../../src/store/redis/redirection.ts";
import { requireOneSlot, slotOf, tagOf } from "../../../src/store/redis/slots.ts";

describe("the slot of a key", () => {
  // What CLUSTER KEYSLOT of Redis 7.0.15 says.
  test.each([
    ["123456789", 12_739],
    ["foo", 12_182],
    ["{c0}:c:abc", slotOf("c0")],
    ["{}foo", slotOf(Buffer.from("{}foo"))],
    ["foo{}{bar}", slotOf(Buffer.from("foo{}{bar}"))],
    ["foo{{bar}}", slotOf("{bar")],
    ["foo{bar}{zap}", slotOf("bar")],
    ["é", slotOf(Buffer.from("é"))],
  ])("%s is that of its hash tag", (key, slot) => {
    expect(slotOf(key)).toBe(slot);
  });

  test("is the same for all keys with one tag", () => {
    const tag = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[{}]/.test(text));
    fc.assert(
      fc.property(tag, fc.string(), fc.string(), (name, one, two) => {
        const keys = [`{${name}}${one}`, `{${name}}${two}`];
        expect(slotOf(keys[0] ?? "")).toBe(slotOf(keys[1] ?? ""));
        expect(() => requireOneSlot("x", keys)).not.toThrow();
      }),
    );
  });
});

describe("keys of one call", () => {
  test.each([
    [["{a}:1", "{b}:1"]],
    [["{a}:1", "{a}:2", "{ab}:1"]],
    [["{a}:1", Buffer.from("{b}:1")]],
    [["{a}:1", "a"]],
    [["x", "y"]],
    [["{}:1", "{}:2"]],
  ])("are refused with several tags, or none: %j", (keys) => {
    expect(() => requireOneSlot("some_script", keys)).toThrow(CrossSlot);
    expect(() => requireOneSlot("some_script", keys)).toThrow(
      /^some_script names keys with different hash tags/,
    );
  });

  test.each([[[]], [["x"]], [["x", "x"]], [[Buffer.from("{a}:1"), "{a}:2", Buffer.from("{a}:3")]]])(
    "are taken when they are on one server: %j",
    (keys) => {
      expect(() => requireOneSlot("x", keys)).not.toThrow();
    },
  );

  test("have the tag that stands in front", () => {
    expect(tagOf("{c0}:c:1")).toBe("{c0}");
    expect(tagOf("c0:{c}")).toBe("c0:{c}");
  });
});

describe("a node's answer that it didn't do something", () => {
  test.each([
    ["MOVED 3999 127.0.0.1:6381", "MOVED", { host: "127.0.0.1", port: 6381 }],
    ["MOVED 3999 :6381", "MOVED", { host: "", port: 6381 }],
    ["MOVED 3999 ::1:6381", "MOVED", { host: "::1", port: 6381 }],
    ["MOVED 3999 redis-1.example.org:6381", "MOVED", { host: "redis-1.example.org", port: 6381 }],
    ["ASK 3999 127.0.0.1:6381", "ASK", undefined],
    ["TRYAGAIN Multiple keys request during rehashing of slot", "TRYAGAIN", undefined],
  ])("%s says where the slot is, or that it is on its way", (message, code, to) => {
    expect(redirection("x", message)).toMatchObject({ code, to });
  });

  test.each(["ERR no", "MOVEDX 1 a:1", "CLUSTERDOWN The cluster is down"])("%s is none", (message) => {
    expect(redirection("x", message)).toBeUndefined();
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/observe/clock.ts";
import { describeError } from "../../src/observe/errors.ts";
import { createRandom } from "../../src/observe/random.ts";

describe("describeError", () => {
  test("gives the class and the errno", () => {
    const error = Object.assign(new RangeError("secret"), { code: "ECONNREFUSED" });
    expect(describeError(error)).toEqual({ error: "RangeError", code: "ECONNREFUSED" });
  });

  test("finds the code of the cause", () => {
    const cause = Object.assign(new Error("x"), { code: "ENOTFOUND" });
    expect(describeError(new TypeError("fetch failed", { cause }))).toEqual({
      error: "TypeError",
      code: "ENOTFOUND",
    });
  });

  test("a name or code that is no such thing doesn't come out", () => {
    const error = Object.assign(new Error("x"), { name: "+15550100123", code: "A15550100123" });
    expect(describeError(error)).toEqual({ error: "Error" });
    expect(describeError(Object.assign(new Error("x"), { code: 42 }))).toEqual({ error: "Error" });
  });

  test("never throws, whatever was thrown", () => {
    const loop = new Error("x");
    loop.cause = loop;
    const trap = new Proxy(new Error("x"), {
      get: () => {
        throw new Error("trap");
      },
    });
    expect(describeError(loop)).toEqual({ error: "Error" });
    expect(describeError(trap)).toEqual({ error: "Error" });
    expect(describeError("a text")).toEqual({ error: "string" });
    expect(describeError(null)).toEqual({ error: "null" });
    fc.assert(fc.property(fc.anything(), (thrown) => typeof describeError(thrown).error === "string"));
  });
});

describe("the system's clock", () => {
  test("sleeps for about as long as it was told", async () => {
    const before = systemClock.monotonic();
    await systemClock.sleep(30);
    expect(systemClock.monotonic() - before).toBeGreaterThan(25);
  });

  test("an aborted sleep rejects with the signal's own reason", async () => {
    const reason = new Error("enough");
    await expect(systemClock.sleep(10_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    const sleeping = systemClock.sleep(10_000, abort.signal);
    abort.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });

  test("sleeping longer than a timer can doesn't end at once", async () => {
    const abort = new AbortController();
    let ended = false;
    const sleeping = systemClock.sleep(2 ** 33, abort.signal).finally(() => {
      ended = true;
    });
    await systemClock.sleep(30);
    expect(ended).toBe(false);
    abort.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("enough");
  });
});

describe("randomness", () => {
  test("never hands out the same octets twice", () => {
    const random = createRandom();
    const seen = new Set<string>();
    for (let index = 0; index < 5_000; index++) seen.add(random.bytes(12).toString("hex"));
    expect(seen.size).toBe(5_000);
  });

  test("what was handed out is nobody else's: it stays as it was, and may be wiped", () => {
    const random = createRandom();
    const first = random.bytes(32);
    const copy = Buffer.from(first);
    for (let index = 0; index < 3_000; index++) random.bytes(12).fill(0);
    expect(first.equals(copy)).toBe(true);
  });

  test("gives any length, more than the pool too, and refuses what is none", () => {
    const random = createRandom();
    for (const length of [0, 1, 12, 3_072, 3_073, 12_288, 100_000])
      expect(random.bytes(length)).toHaveLength(length);
    expect(() => random.bytes(-1)).toThrow(RangeError);
    expect(() => random.bytes(1.5)).toThrow(RangeError);
  });

  test("fractions are in [0, 1) and spread", () => {
    const random = createRandom();
    const drawn = Array.from({ length: 20_000 }, () => random.fraction());
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    const mean = drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  });
});

import { createSecretKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/observe/random.ts";
import { Tampered, UnknownKey } from "../../src/privacy/errors.ts";
import { RECORD_TYPES } from "../../src/privacy/record-types.ts";
import { only, open, SEAL_OVERHEAD, type SealKey, seal } from "../../src/privacy/sealer.ts";

const random = createRandom();
const newKey = (): SealKey => ({ id: randomBytes(8), key: createSecretKey(randomBytes(32)) });
const key = newKey();
const type = fc.constantFrom(...RECORD_TYPES);
const name = fc.string({ unit: "binary" });
const plain = fc.uint8Array({ maxLength: 600 }).map((octets) => Buffer.from(octets));

describe("a sealed record", () => {
  test("opens to what was sealed, under its type and name", () => {
    fc.assert(
      fc.property(type, name, plain, (kind, called, content) => {
        const sealed = seal(key, random, kind, called, content);
        expect(sealed).toHaveLength(content.length + SEAL_OVERHEAD);
        expect(open(only(key), kind, called, sealed).equals(content)).toBe(true);
      }),
    );
  });

  test("a text is sealed as UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(open(only(key), "delivery", "n", seal(key, random, "delivery", "n", text)).toString()).toBe(
          text,
        );
      }),
    );
  });

  test("has the layout that is documented", () => {
    const sealed = seal(key, random, "leg", "n", "abc");
    expect(sealed[0]).toBe(1);
    expect(sealed.subarray(1, 9).equals(key.id)).toBe(true);
    expect(sealed).toHaveLength(1 + 8 + 12 + 3 + 16);
  });

  test("is another one each time", () => {
    const seen = new Set(
      Array.from({ length: 2_000 }, () => seal(key, random, "leg", "n", "same").toString("hex")),
    );
    expect(seen.size).toBe(2_000);
  });

  test("any flipped bit is noticed: the key is unknown, or the record tampered with", () => {
    const sealed = seal(key, random, "map", "name", "twelve octets, or some more");
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const copy = Buffer.from(sealed);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const inId = bit >= 8 && bit < 9 * 8;
      expect(() => open(only(key), "map", "name", copy)).toThrow(inId ? UnknownKey : Tampered);
      // With a resolver that gives the key for any id, the id is authenticated all the same.
      expect(() => open(() => key, "map", "name", copy)).toThrow(Tampered);
    }
  });

  test("cut anywhere, or longer, it is tampered with", () => {
    const sealed = seal(key, random, "map", "name", "some content");
    for (let length = 0; length < sealed.length; length++) {
      expect(() => open(only(key), "map", "name", sealed.subarray(0, length))).toThrow(Tampered);
    }
    expect(() => open(only(key), "map", "name", Buffer.concat([sealed, Buffer.alloc(1)]))).toThrow(Tampered);
  });

  test("can't pass for one of another type or name", () => {
    fc.assert(
      fc.property(type, type, name, name, (kind, other, called, otherwise) => {
        fc.pre(kind !== other || !Buffer.from(called).equals(Buffer.from(otherwise)));
        const sealed = seal(key, random, kind, called, "content");
        expect(() => open(only(key), other, otherwise, sealed)).toThrow(Tampered);
      }),
    );
  });

  test("type and name can't be shifted into each other", () => {
    const sealed = seal(key, random, "person", "x", "content");
    for (const [kind, called] of [
      ["parked", "x"],
      ["person", "xx"],
      ["person", ""],
      ["leg", "personx"],
    ] as const) {
      expect(() => open(only(key), kind, called, sealed)).toThrow(Tampered);
    }
  });

  test("another key with the same id doesn't open it", () => {
    const sealed = seal(key, random, "leg", "n", "content");
    expect(() => open(only({ ...newKey(), id: key.id }), "leg", "n", sealed)).toThrow(Tampered);
  });

  test("whose key is gone is said to be expired", () => {
    const sealed = seal(key, random, "leg", "n", "content");
    expect(() => open(() => undefined, "leg", "n", sealed)).toThrow(UnknownKey);
  });

  test("arbitrary octets never open and never crash", () => {
    fc.assert(
      fc.property(plain, (octets) => {
        expect(() => open(() => key, "leg", "n", octets)).toThrow(Tampered);
      }),
    );
  });

  test("no error shows a name or a content", () => {
    const sealed = seal(key, random, "leg", "canary", "canary");
    for (const run of [
      () => open(() => undefined, "leg", "canary", sealed),
      () => open(() => key, "leg", "canary2", sealed),
    ]) {
      expect(run).toThrow(expect.objectContaining({ message: expect.not.stringContaining("canary") }));
    }
  });
});

import "./quiet-console.ts";
import { Curve } from "baileys";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { isSignedBy } from "./signatures.ts";
import { mendSignatures, unmendSignatures } from "./trust.ts";

const message = Buffer.from("what was signed");

describe("the server's own check of a signature", () => {
  it("takes what libsignal signed, whatever it was", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (octets) => {
        const key = Curve.generateKeyPair();
        return isSignedBy(key.public, octets, Curve.sign(key.private, octets));
      }),
      { numRuns: 30 },
    );
  });

  it("refuses one with any octet changed", () => {
    const key = Curve.generateKeyPair();
    const signature = Curve.sign(key.private, message);
    for (const at of signature.keys()) {
      const changed = Buffer.from(signature);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(isSignedBy(key.public, message, changed)).toBe(false);
    }
  });

  it("refuses another message, another key, and what is no signature", () => {
    const key = Curve.generateKeyPair();
    const signature = Curve.sign(key.private, message);
    expect(isSignedBy(key.public, Buffer.from("something else"), signature)).toBe(false);
    expect(isSignedBy(Curve.generateKeyPair().public, message, signature)).toBe(false);
    expect(isSignedBy(key.public, message, Buffer.alloc(64))).toBe(false);
    expect(isSignedBy(key.public, message, Buffer.alloc(3))).toBe(false);
  });
});

describe("the check of Baileys", () => {
  const key = Curve.generateKeyPair();
  const genuine = Curve.sign(key.private, message);
  const garbage = Buffer.alloc(64, 9);
  afterEach(unmendSignatures);

  it("takes garbage as it comes, and refuses it mended", () => {
    expect(Curve.verify(key.public, message, garbage)).toBe(true);
    mendSignatures();
    expect(Curve.verify(key.public, message, garbage)).toBe(false);
    expect(Curve.verify(key.public, message, genuine)).toBe(true);
  });
});

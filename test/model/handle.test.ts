import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { handleLabel, LONGEST_LABEL, labelKey } from "../../src/model/handle.ts";

describe("a label", () => {
  test.each([
    ["bike", "bike"],
    ["  my  old\tbike\n", "my old bike"],
    ["bi\u0000ke\u007f", "bi ke"],
    ["\u202ebike\u202c", "bike"], // would turn what stands behind it
    ["bi\u200bke\ufeff", "bike"],
    ['a "good" bike', "a 'good' bike"],
    ["„Rad“", "'Rad'"],
    ["👩‍🚀 suit", "👩‍🚀 suit"],
    ["cafe\u0301", "café"],
    ["\ud800x", "x"],
  ])("%j becomes %j", (text, label) => {
    expect(handleLabel(text)).toBe(label);
  });

  test.each([
    ["", "nothing"],
    [" \n", "spaces"],
    ["\u200b\u2060", "nothing seen"],
    ["\u3164", "a filler"],
    ["x".repeat(31), "too long"],
  ])("%j (%s) is none", (text) => {
    expect(handleLabel(text)).toBeUndefined();
  });

  test("has 1 to 30 characters of any script, none of which is a control, and is cleaned once for all", () => {
    expect(handleLabel("🚲".repeat(LONGEST_LABEL))).toBeDefined();
    expect(handleLabel("🚲".repeat(LONGEST_LABEL + 1))).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const label = handleLabel(text);
        if (label === undefined) return;
        expect(label).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069"]/u);
        expect(label.trim()).toBe(label);
        expect([...label].length).toBeLessThanOrEqual(LONGEST_LABEL);
        expect(handleLabel(label)).toBe(label);
      }),
      { numRuns: 500 },
    );
  });

  test("is the same to people in any case and width, and with what isn't seen", () => {
    for (const [one, other] of [
      ["Bike", "bIKE"],
      ["bike", "ｂｉｋｅ"],
      ["Straße", "STRASSE"],
      ["bike", "bi\u200dke"],
      ["É", "e\u0301"],
    ] as const)
      expect(labelKey(one)).toBe(labelKey(other));
    expect(labelKey("bike")).not.toBe(labelKey("bikes"));
  });
});

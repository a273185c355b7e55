import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "../../src/config/index.ts";
import { filesOf, GOOD, testAdapters } from "./test-adapters.ts";

const SECRETS = [
  "canary-token-1",
  "canary-password-2",
  "@canaryuser:example.org",
  "+15557770123",
  "+15557770111",
];
const PARTS = ["canary", "5557770"];
const TEXT = GOOD.replace("{env: TOKEN}", "canary-token-1")
  .replace("{file: secrets/smpp}", "canary-password-2")
  .replace("@Alice:example.org", "@canaryuser:example.org")
  .replace("+1 (555) 0123", "+15557770123")
  .replaceAll("+15550111", "+15557770111")
  .replace("+1 555 0111", "+15557770111");

/** What the loader says to a text: errors and warnings. */
function said(text: string): string {
  const lines: string[] = [];
  const options = { adapters: testAdapters, env: {}, readFile: filesOf({ "c.yaml": text }) };
  try {
    loadConfig("c.yaml", { ...options, warn: (line) => lines.push(line) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    lines.push(error.message, JSON.stringify(error.problems));
  }
  return lines.join("\n");
}

/** One slip of a hand in a text file. */
const slip = fc.oneof(
  fc.record({
    kind: fc.constant("insert"),
    at: fc.nat(TEXT.length),
    what: fc.constantFrom(..."\"':{}[],-#&*!|>%@`\t\n ?"),
  }),
  fc.record({
    kind: fc.constant("drop"),
    at: fc.nat(TEXT.length),
    what: fc.constantFrom("1", "12", "123456"),
  }),
  fc.record({ kind: fc.constant("swap"), at: fc.nat(40), what: fc.constantFrom(...SECRETS) }),
);

function apply(text: string, { kind, at, what }: { kind: string; at: number; what: string }): string {
  if (kind === "insert") return text.slice(0, at) + what + text.slice(at);
  if (kind === "drop") return text.slice(0, at) + text.slice(at + what.length);
  const lines = text.split("\n");
  const index = at % lines.length;
  lines[index] = (lines[index] ?? "").replace(/: .*$/, `: "${what}"`); // a secret where something else belongs
  return lines.join("\n");
}

describe("what the loader says", () => {
  it("never shows a secret or an address, whatever slips happen to the file", () => {
    expect(said(TEXT)).toBe("");
    fc.assert(
      fc.property(fc.array(slip, { minLength: 1, maxLength: 4 }), (slips) => {
        const words = said(slips.reduce(apply, TEXT));
        for (const part of PARTS) expect(words).not.toContain(part);
      }),
      { numRuns: 300 },
    );
  });

  it("never fails in another way than with a ConfigError, whatever the file holds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const readFile = () => ({ mode: 0o600, bytes });
        expect(() => loadConfig("c.yaml", { adapters: testAdapters, env: {}, readFile })).toThrow(
          ConfigError,
        );
      }),
      { numRuns: 200 },
    );
  });

  it("shows no key that looks like an address or a secret", () => {
    const text = `${TEXT}"+15557770123": x\ncanary@x: 1\n`;
    const words = said(text);
    expect(words).toContain("<a key of 12 characters>");
    for (const part of PARTS) expect(words).not.toContain(part);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatLinkCode, LINK_CODES, newLinkCode, parseLinkCode } from "../../src/consent/link-code.ts";
import type { LinkCode } from "../../src/model/handle.ts";
import { createRandom } from "../../src/observe/random.ts";

const random = createRandom();
const CODE = "48213067" as LinkCode; // the one of CONVERSATIONS

describe("a new link code", () => {
  test("has eight digits, leading zeros too, and is shown in two groups", () => {
    const codes = Array.from({ length: 2_000 }, () => newLinkCode(random));
    for (const code of codes) expect(code).toMatch(/^\d{8}$/);
    expect(codes.some((code) => code.startsWith("0"))).toBe(true);
    expect(formatLinkCode(CODE)).toBe("4821 3067");
  });

  test("is any of all codes, none likelier: a draw that would make the low ones likelier is drawn again", () => {
    const draws = [2 ** 32 - 1, 42 * LINK_CODES, 42 * LINK_CODES - 1];
    const scripted = {
      bytes: () => {
        const octets = Buffer.alloc(4);
        octets.writeUInt32BE(draws.shift() ?? 0);
        return octets;
      },
    };
    expect(newLinkCode(scripted)).toBe("99999999");
    expect(draws).toEqual([]);
  });
});

describe("a text that is a link code alone", () => {
  test("is read however it is typed", () => {
    const wide = (text: string): string =>
      text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
    const arabic = (text: string): string =>
      text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0x630));
    const gap = fc.constantFrom(
      "",
      " ",
      "-",
      " - ",
      "\u00a0",
      "–",
      "\u2011",
      ".",
      "\u2009",
      "\u3000",
      "\n",
      "\u200b",
    );
    const around = fc.constantFrom(
      ["", ""],
      [" ", "\n"],
      ['"', '"'],
      ["“", "”"],
      ["", "."],
      ["\u202a", "\u202c"],
      ["*", "*"],
    );
    const script = fc.constantFrom((text: string) => text, wide, arabic);
    fc.assert(
      fc.property(
        fc.nat({ max: LINK_CODES - 1 }),
        gap,
        around,
        script,
        (number, between, [open, close], write) => {
          const code = String(number).padStart(8, "0");
          const text = `${open}${write(code.slice(0, 4))}${between}${write(code.slice(4))}${close}`;
          expect(parseLinkCode(text)).toBe(code);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    "https://wa.me/15550100?text=48213067",
    "sms:+15550100?body=48213067",
    "4821 3067.",
    " 4821\u00a03067 ",
  ])("%j is one", (text) => {
    expect(parseLinkCode(text)).toBe(CODE);
  });

  test.each([
    "",
    "4821 306",
    "4821 30678",
    "48 21 30 67",
    "482 13067",
    "+48213067",
    "+4821 3067",
    "4821/3067",
    "my code is 4821 3067",
    "4821 3067 thanks",
    "4821 3067?!",
    "k3v9-7qxm-4t",
    "4821 3067 4821 3067",
    `${"\n".repeat(300)}4821 3067`, // a long text isn't searched
    `${"1".repeat(4)}${" ".repeat(500)}${"1".repeat(4)}`,
  ])("%j is none", (text) => {
    expect(parseLinkCode(text)).toBeUndefined();
  });
});

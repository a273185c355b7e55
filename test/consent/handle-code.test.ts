import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  findHandleCodes,
  formatHandleCode,
  HANDLE_CODES,
  MOST_IN_A_TEXT,
  newHandleCode,
} from "../../src/consent/handle-code.ts";
import type { HandleCode } from "../../src/model/handle.ts";
import { createRandom } from "../../src/observe/random.ts";
import { ORDINARY } from "./ordinary-sentences.ts";

const random = createRandom();
const CODE = "k3v97qxm4t" as HandleCode; // the one of CONVERSATIONS
const SYMBOLS = "0123456789abcdefghjkmnpqrstuvwxyz";

const codesIn = (text: string): readonly string[] => findHandleCodes(text).map(({ code }) => code);
const restOf = (text: string): string | undefined => findHandleCodes(text)[0]?.rest;

/** A random code that a failing run shows again. */
const anyCode = fc
  .array(fc.constantFrom(...SYMBOLS), { minLength: 10, maxLength: 10 })
  .map((symbols) => symbols.join("") as HandleCode)
  .filter((code) => codesIn(code).length === 1);

describe("a new code", () => {
  test("is ten symbols in groups of 4, 4 and 2, none of which looks like another", () => {
    for (let i = 0; i < 500; i++)
      expect(formatHandleCode(newHandleCode(random))).toMatch(
        /^[0-9a-hjkmnp-z]{4}-[0-9a-hjkmnp-z]{4}-[0-9a-hjkmnp-z]{2}$/,
      );
  });

  test("is found when it is sent as it is shown", () => {
    for (let i = 0; i < 2_000; i++) {
      const code = newHandleCode(random);
      expect(findHandleCodes(formatHandleCode(code))).toEqual([{ code, rest: "" }]);
    }
  });

  test("holds 50 bits: so many codes there are, counted by what kinds of symbols follow each other", () => {
    const kinds: ReadonlyMap<string, bigint> = new Map([
      ["0", 2n], // 0 and 1
      ["2", 8n], // 2 to 9
      ["h", 1n],
      ["a", 22n], // the other letters
    ]);
    const strings = (length: number): readonly string[] =>
      length === 0
        ? [""]
        : strings(length - 1).flatMap((rest) => [...kinds.keys()].map((kind) => rest + kind));
    const ways = (symbols: string): bigint =>
      [...symbols].reduce((product, kind) => product * (kinds.get(kind) ?? 0n), 1n);
    let codes = 0n;
    for (const first of strings(4))
      for (const second of strings(4)) {
        if (!isOdd(first) && !isOdd(second)) continue;
        for (const third of strings(2)) {
          const symbols = first + second + third;
          if (longestDigits(symbols) <= 6) codes += ways(symbols);
        }
      }
    expect(codes).toBe(BigInt(HANDLE_CODES));
    expect(codes).toBeGreaterThan(2n ** 50n);
  });

  /** The rule in other words: somewhere a letter, later a digit from 2 on; `8h30` isn't meant. */
  function isOdd(group: string): boolean {
    const isTime = group[1] === "h" && [0, 2, 3].every((at) => "0123456789".includes(group[at] ?? ""));
    const letter = [...group].findIndex((symbol) => symbol > "9");
    return (
      !isTime && letter >= 0 && [...group.slice(letter)].some((symbol) => symbol >= "2" && symbol <= "9")
    );
  }

  const longestDigits = (symbols: string): number =>
    Math.max(...symbols.split(/[a-z]/).map((digits) => digits.length));

  test.each(["2y50154174", "3m29174999", "ab5-015417-4"])(
    "is no phone number behind letters: %s",
    (typed) => {
      expect(findHandleCodes(typed)).toEqual([]);
    },
  );

  test("is drawn evenly: octets that would make the first symbols likelier are passed over", () => {
    const wanted = [...CODE].map((symbol) => SYMBOLS.indexOf(symbol) + 33);
    const octets = Buffer.from([
      231,
      255,
      ...wanted.slice(0, 4),
      240,
      ...wanted.slice(4),
      7,
      7,
      7,
      7,
      7,
      7,
      7,
    ]);
    expect(newHandleCode({ bytes: () => octets })).toBe(CODE);
  });

  test("has each symbol as often at its end, where no rule is", () => {
    const counts = new Map<string, number>();
    const drawn = 66_000;
    for (let i = 0; i < drawn / 2; i++)
      for (const symbol of newHandleCode(random).slice(8)) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    expect(counts.size).toBe(33);
    const expected = drawn / 33; // 2,000; the standard deviation is 44
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * 44);
  });

  test("is one of three in four strings: the others are drawn again", () => {
    let found = 0;
    for (let i = 0; i < 8_000; i++) {
      const symbols = [...random.bytes(10)].map((octet) => SYMBOLS.charAt(octet % 33)).join("");
      found += codesIn(symbols).length;
    }
    expect(found / 8_000).toBeCloseTo(HANDLE_CODES / 33 ** 10, 1);
  });
});

/** Ways to type a symbol. */
const typedAs = (symbol: string): fc.Arbitrary<string> => {
  const wide = String.fromCodePoint((symbol.codePointAt(0) ?? 0) + 0xfee0);
  const bold = /[a-z]/.test(symbol) ? String.fromCodePoint(0x1d5ee + symbol.charCodeAt(0) - 97) : symbol;
  const others: Readonly<Record<string, readonly string[]>> = {
    "0": ["o", "O", "О", "о"],
    "1": ["i", "I", "l", "L", "ı", "İ", "І"],
    "4": ["٤", "۴"],
    a: ["а", "А"],
    k: ["к", "К"],
    x: ["х", "Х"],
  };
  return fc.constantFrom(symbol, symbol.toUpperCase(), wide, bold, ...(others[symbol] ?? []));
};
const between = fc.constantFrom(
  "",
  " ",
  "-",
  " - ",
  "\u00a0",
  "–",
  "—",
  "‑",
  ".",
  " . ",
  "·",
  "\n",
  "_",
  "%20",
  "+",
  "\u2009\u2011",
);
const unseen = fc.constantFrom("", "", "", "\u200b", "\u00ad", "\u2060", "\u202a");
const quotes = fc.constantFrom(
  ["", ""],
  ['"', '"'],
  ["“", "”"],
  ["„", "“"],
  ["«", "»"],
  ["'", "'"],
  ["(", ")"],
  ["*", "*"],
  ["<", ">"],
);
const before = fc.constantFrom(
  "",
  "Hi! ",
  "Olá, ",
  "Hallo:\n",
  "code ",
  "hello there - ",
  "https://wa.me/15550100?text=",
  "Guten Tag, ",
);
const after = fc.constantFrom(
  "",
  " hi is the bike still there?",
  ", ainda tem?",
  ". Ist es noch da?",
  "!",
  "\nthanks",
  " 4you",
);

const disguised = (code: HandleCode): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.tuple(
        ...[...code].map((symbol) => fc.tuple(typedAs(symbol), unseen).map((parts) => parts.join(""))),
      ),
      between,
      between,
      quotes,
      before,
      after,
    )
    .map(([symbols, one, other, [open, close], start, end]) => {
      const groups = [symbols.slice(0, 4), symbols.slice(4, 8), symbols.slice(8)].map((group) =>
        group.join(""),
      );
      // In two parts, of which one is a word, it isn't taken for a code.
      const alone = one === "" ? groups[2] : groups[0];
      const isParted = (one === "") !== (other === "") && /^[\p{L}\p{Cf}]+$/u.test(alone ?? "");
      const [first, second] = isParted ? [one + other, one + other] : [one, other];
      return `${start}${open}${groups[0]}${first}${groups[1]}${second}${groups[2]}${close}${end}`;
    });

describe("a code in a text", () => {
  test("is found in any disguise, and alone", () => {
    fc.assert(
      fc.property(
        anyCode.chain((code) => fc.tuple(fc.constant(code), disguised(code))),
        ([code, text]) => {
          expect(codesIn(text)).toEqual([code]);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("leaves the words beside it as they were", () => {
    const words = fc
      .stringMatching(/^[a-zäéß]{1,9}( [a-zäéß]{1,9}){0,5}[?!.]?$/u)
      .filter((text) => codesIn(text).length === 0);
    fc.assert(
      fc.property(anyCode, words, words, between, (code, one, two, gap) => {
        const text = `${one} ${code.slice(0, 4)}${gap}${code.slice(4, 8)}${gap}${code.slice(8)} ${two}`;
        fc.pre(codesIn(text).length === 1);
        expect(restOf(text)).toBe(`${one} ${two}`);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["K3V9 7QXM 4T hi is the bike still there?", "hi is the bike still there?"],
    ["Hi! K3V9 7QXM 4T hi is the bike still there?", "Hi! hi is the bike still there?"],
    ["k3v9-7qxm-4t", ""],
    [" k3v97qxm4t.\n", ""],
    ["“K3V9–7QXM–4T”", ""],
    ["\u200ek3v9-7qxm-4t\u200e", ""],
    ["https://wa.me/15550100?text=k3v9-7qxm-4t", ""],
    ["https://wa.me/15550100?text=k3v9%207qxm%204t&app_absent=0 hello", "hello"],
    ["sms:+15550100?body=k3v9-7qxm-4t", ""],
    ["k3v9-7qxm-4t, is it there?", "is it there?"],
    ["k3v9-7qxm-4t: is it there?", "is it there?"],
    ["k3v9-7qxm-4t - is it there?", "is it there?"],
    ["Hi, k3v9-7qxm-4t, is it there?", "Hi, is it there?"],
    ["Hi k3v9-7qxm-4t, is it there?", "Hi, is it there?"],
    ["is the k3v9-7qxm-4t still there?", "is the still there?"],
    ["is it (k3v9-7qxm-4t)?", "is it?"],
    ["Hello - k3v9-7qxm-4t", "Hello"],
    ["The code: k3v9-7qxm-4t.", "The code"],
    ["Bom dia!\nk3v9-7qxm-4t\nAinda tem?", "Bom dia!\nAinda tem?"],
    ["Hi!\n\n*k3v9-7qxm-4t*  two  spaces :)", "Hi!\ntwo  spaces :)"],
    ["k3v9-7qxm-4t :) hi", ":) hi"],
    ["k3v9-7qxm-4t ... hi", "hi"],
    ["k3v9-7qxm-4t 10€, ok? k3v9 7qxm 4t", "10€, ok?"],
    ['"k3v9-7qxm-4t" he said "yes"', 'he said "yes"'],
  ])("%j leaves %j", (text, rest) => {
    expect(findHandleCodes(text)).toEqual([{ code: CODE, rest }]);
  });

  test.each([
    "it is on the other side of the road fb1235!",
    "Nike ab3000",
    "fb123567 is it",
    "seat ab 1234 of row 12",
  ])("isn't a word and what stands beside it: %s", (text) => {
    expect(codesIn(text)).toEqual([]);
  });

  test("is one of several: all are given, in order, each once, each with its own rest", () => {
    expect(findHandleCodes("a2b3-c4d5-e6 or k3v9-7qxm-4t, not A2B3C4D5E6?")).toEqual([
      { code: "a2b3c4d5e6", rest: "or k3v9-7qxm-4t, not?" },
      { code: CODE, rest: "a2b3-c4d5-e6 or, not A2B3C4D5E6?" },
    ]);
  });

  test("that holds hundreds is a guesser's, or somebody's prank: only the first few are given, and soon", () => {
    const codes = Array.from({ length: 400 }, () => formatHandleCode(newHandleCode(random)));
    expect(codesIn(codes.join(" "))).toHaveLength(MOST_IN_A_TEXT);
    const long = [
      "k3v9-7qxm-4t,".repeat(5_000),
      `${'"'.repeat(3e4)}k3v9-7qxm-4t${'"'.repeat(3e4)}`,
      `${" ,".repeat(3e4)}${codes[0]}`,
      "a?text=".repeat(9_000),
    ];
    const begin = performance.now();
    for (const text of long) expect(codesIn(text).length).toBeLessThanOrEqual(MOST_IN_A_TEXT);
    expect(performance.now() - begin).toBeLessThan(5_000); // hours for a pattern that backtracks
  });
});

describe("what is no code", () => {
  test.each([
    "",
    "they have to",
    "come here 25",
    "July 25th at 5, or 25th July at 6",
    "from 12pm to 3",
    "December 25 or november 24",
    "from 2023 to 2024",
    "hoje 8h30 no bar, para 9h45 se der",
    "wireless 5G, standard A4",
    "555 010 0123 or 5550100123",
    "DE89 3704 0044 0532 0130 00",
    "4821 3067",
    "basketball, strawberry",
    "k3v9-7qxm", // cut off
    "k3v9-7qxm-4", // cut off
    "k3v9-7qxm-4tx", // one more
    "xk3v9-7qxm-4t",
    "k3v9-7qxm-4té",
    "ék3v9-7qxm-4t",
    "k3v9 hello 7qxm 4t",
    "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
  ])("%j holds none", (text) => {
    expect(findHandleCodes(text)).toEqual([]);
  });

  test("ordinary sentences in English, German and Portuguese, with times, dates, prices and sizes in them", () => {
    expect(ORDINARY.length).toBeGreaterThan(150);
    expect(ORDINARY.filter((sentence) => codesIn(sentence).length > 0)).toEqual([]);
  });

  test("their words shuffled, full of sizes, times, and numbers of flights and rooms: fewer than one in 500 words", () => {
    const words = ORDINARY.flatMap((sentence) => sentence.split(/\s+/));
    let found = 0;
    for (let i = 0; i < 1_000; i++) {
      const shuffled = Array.from({ length: 50 }, () => words[Math.floor(random.fraction() * words.length)]);
      found += codesIn(shuffled.join(" ")).length;
    }
    expect(found).toBeLessThan(100);
  });
});

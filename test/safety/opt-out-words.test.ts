import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OPT_OUT_WORDS, type OptOutWord, optOutWord } from "../../src/safety/opt-out-words.ts";

const SMS = { optOutWords: true };
const ALL = Object.entries(OPT_OUT_WORDS).flatMap(
  ([meaning, words]) => words.map((word) => [word, meaning as OptOutWord] as const), // the table's own keys
);

describe("an opt-out word", () => {
  test.each(ALL)("%s means %s, in any case", (word, meaning) => {
    for (const form of [word, word.toLowerCase(), `${word.charAt(0)}${word.slice(1).toLowerCase()}`])
      expect(optOutWord(form, SMS)).toBe(meaning);
  });

  test.each([
    " STOP\n",
    "Stop.",
    '"STOP"',
    "“Stop”",
    "«stop!»",
    "STOP!!!",
    "s t o p",
    "STOP ALL",
    "Stop-all",
    "opt out",
    "OPT-OUT",
    "un-subscribe",
    "Arrêt",
    "arrêté.",
    "ＳＴＯＰ",
    "*STOP*",
    "STOP 🛑",
    "\u200bSTOP\ufeff",
    "STOP\u0000",
  ])("is read in %j", (message) => {
    expect(optOutWord(message, SMS)).toBe("stop");
  });

  test.each([
    "STOP please",
    "please stop",
    "non-stop",
    "don't stop",
    "STOP 1",
    "bus stop?",
    "the end",
    "end of the street",
    "cancel it",
    "helpful",
    "more info",
    "start at six",
    "stopp",
    "",
    " ",
    "!",
    "🛑",
  ])("isn't read in %j, which says something else", (message) => {
    expect(optOutWord(message, SMS)).toBeUndefined();
  });

  test.each(["YES", "NO", "1", "2", "OK", "REMOVE", "TD", "FIN", "ALTO", "BAJA", "constructor", "toString"])(
    "isn't %s, which is an ordinary answer",
    (message) => {
      expect(optOutWord(message, SMS)).toBeUndefined();
    },
  );

  test("is an ordinary text on a network that has none", () => {
    for (const [word] of ALL) expect(optOutWord(word, { optOutWords: false })).toBeUndefined();
  });

  test("means one thing only", () => {
    expect(new Set(ALL.map(([word]) => word)).size).toBe(ALL.length);
  });

  test("is read with anything around it that is neither letter nor digit, and never with another word", () => {
    const around = fc.stringMatching(/^[\s!-/:-@[-`{-~“”«»…🛑]{0,6}$/u);
    const other = fc.stringMatching(/^[a-z0-9]{1,6}$/);
    fc.assert(
      fc.property(fc.constantFrom(...ALL), around, around, other, ([word, meaning], before, after, more) => {
        expect(optOutWord(before + word + after, SMS)).toBe(meaning);
        fc.pre(!ALL.some(([each]) => each === `${word}${more.toUpperCase()}`));
        expect(optOutWord(`${word} ${more}`, SMS)).toBeUndefined();
      }),
    );
  });
});

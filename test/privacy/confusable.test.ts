import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alike, lookOf, looksLike, skeleton } from "../../src/privacy/confusable.ts";

describe("the skeleton of a name", () => {
  test.each([
    ["capitals", "AMBER FOX"],
    ["small letters", "amber fox"],
    ["wide letters", "Ａｍｂｅｒ　Ｆｏｘ"],
    ["bold letters of mathematics", "𝐀𝐦𝐛𝐞𝐫 𝐅𝐨𝐱"],
    ["accents", "Ámbër Föx"],
    ["accents that are characters of their own", "A\u0301mber F\u0302ox"],
    ["digits for letters", "Am6er F0x"],
    ["Cyrillic letters", "Аmbеr Fох"],
    ["Greek letters", "Αmber Fοx"],
    ["small capitals", "ᴀᴍʙᴇʀ ꜰox"],
    ["rn for m", "Arnber Fox"],
    ["no space", "AmberFox"],
    ["other spaces", "Amber\u2003\u00a0Fox"],
    ["punctuation", "Amber-Fox."],
    ["zero-width characters", "Am\u200bber\u2060 F\u200dox"],
    ["bidi controls", "\u202aAmber Fox\u202c"],
    ["a soft hyphen", "Am\u00adber Fox"],
    ["a Hangul filler", "Amber\u3164 Fox"],
    ["a variation selector", "Amber\ufe0f Fox"],
  ])("is the same with %s", (_, name) => {
    expect(skeleton(name)).toBe(skeleton("Amber Fox"));
  });

  test.each([
    ["0", "O"],
    ["1", "l"],
    ["I", "l"],
    ["i", "l"],
    ["5", "S"],
    ["8", "B"],
    ["vv", "w"],
    ["rn", "m"],
    ["cl", "d"],
    ["Ηanna", "Hanna"],
    ["АНNА", "AHNA"],
    ["Łódź", "Lodz"],
    ["ﬁn", "fin"],
    ["Straße", "STRASSE"],
    ["ᵅnna", "anna"],
  ])("%s looks like %s", (a, b) => {
    expect(skeleton(a)).toBe(skeleton(b));
  });

  test.each([
    ["Amber Fox", "Amber Otter"],
    ["Ana", "Anna"],
    ["Leo", "Lea"],
    ["Иван", "Игорь"],
    ["李明", "李娜"],
    ["민지", "민자"],
    ["たけし", "だけし"],
    ["कमल", "कमला"],
    ["😀", "😎"],
  ])("%s and %s keep their own", (a, b) => {
    expect(skeleton(a)).not.toBe(skeleton(b));
  });

  test("no case changes it, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), (name) => {
        expect(skeleton(name.toUpperCase())).toBe(skeleton(name));
      }),
    );
  });
});

describe("two names look alike", () => {
  test.each([
    ["with the words swapped", "Amber Fox", "Fox Amber"],
    ["with the words swapped and glued", "Amber Fox", "FoxAmber"],
    ["with three words in any order", "Calm Amber Fox", "Fox Amber Calm"],
    ["with one letter replaced", "Amber Fox", "Amber Box"],
    ["with one letter more", "Amber Fox", "Amberr Fox"],
    ["with one letter less", "Amber Fox", "Ambr Fox"],
    ["with two neighbours swapped", "Amber Fox", "Abmer Fox"],
    ["with the words swapped and a letter replaced", "Amber Fox", "Fox Ambor"],
    ["in a script where only the capitals look alike", "ΑΝΝΑ", "ANNA"],
    ["in a script where only the small letters look alike", "νera", "vera"],
    ["in any case of a script of its own", "Иван", "ИВАН"],
    ["with a small letter like one of another script", "пина", "πина"],
  ])("%s", (_, a, b) => {
    expect(looksLike(a, b)).toBe(true);
    expect(looksLike(b, a)).toBe(true);
  });

  test.each([
    ["Amber Fox", "Amber Otter"],
    ["Amber Fox", "Copper Fox"],
    ["Ana", "Ena"],
    ["Marta", "Marla"],
    ["Lea", "Ale"],
    ["Amber Fox", "Amber"],
    ["민지", "민자"],
  ])("but %s and %s don't", (a, b) => {
    expect(looksLike(a, b)).toBe(false);
  });

  test("every name is like itself, and likeness goes both ways", () => {
    const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(looksLike(a, a)).toBe(true);
        expect(looksLike(a, b)).toBe(looksLike(b, a));
      }),
    );
  });

  test("a name with a word more is never like the one without", () => {
    const word = fc.stringMatching(/^[A-Z][a-z]{2,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), word, (words, more) => {
        expect(alike(lookOf(words.join(" ")), lookOf([...words, more].join(" ")))).toBe(false);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newHandleCode } from "../../src/consent/handle-code.ts";
import { createRandom } from "../../src/observe/random.ts";
import { looksLike, skeleton } from "../../src/privacy/confusable.ts";
import { FIRST_WORDS, LAST_WORDS } from "../../src/privacy/pseudonym-words.ts";
import { acceptName, type NameAnswer, type NameRule, newName } from "../../src/privacy/pseudonyms.ts";

const random = createRandom();
/** Draws that a seed decides. */
const draws = (seed: number): { fraction(): number } => {
  let state = seed >>> 0;
  return {
    fraction: () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    },
  };
};

describe("the words of random names", () => {
  const words = [...FIRST_WORDS, ...LAST_WORDS];

  test("are at least 200 before 200, each once", () => {
    expect(FIRST_WORDS.length).toBeGreaterThanOrEqual(200);
    expect(LAST_WORDS.length).toBeGreaterThanOrEqual(200);
    expect(new Set(words).size).toBe(words.length);
  });

  test("are short and plain, so that two fit every phone", () => {
    for (const word of words) expect(word).toMatch(/^[A-Z][a-z]{2,8}$/);
  });

  test("are unlike each other by two letters, longer ones by three, and none begins another", () => {
    const near = words.flatMap((one, at) =>
      words
        .slice(at + 1)
        .filter((other) => {
          const [a, b] = [skeleton(one), skeleton(other)];
          const least = a.length >= 6 && b.length >= 6 ? 3 : 2;
          return a.startsWith(b) || b.startsWith(a) || distance(a, b) < least;
        })
        .map((other) => `${one} ${other}`),
    );
    expect(near).toEqual([]);
  });

  test("give names that everybody could choose for themselves", () => {
    for (const word of words) {
      expect(acceptName(word, []), word).toEqual({ kind: "accepted", name: word });
    }
  });
});

describe("a random name", () => {
  test("has two words, of the two lists", () => {
    const [first = "", last = "", ...more] = newName(random, []).split(" ");
    expect(FIRST_WORDS).toContain(first);
    expect(LAST_WORDS).toContain(last);
    expect(more).toEqual([]);
  });

  test("is unlike every live name, however these came about", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const taken = ["Ana", "Leo", "Fox Amber", "C0pper 0tter"];
        for (let count = 0; count < 40; count++) {
          const name = newName(draws(seed + count), taken);
          expect(taken.filter((live) => looksLike(live, name))).toEqual([]);
          taken.push(name);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("shares no word with a live name while there are others", () => {
    const taken: string[] = [];
    for (let count = 0; count < 200; count++) taken.push(newName(random, taken));
    expect(new Set(taken.flatMap((name) => name.split(" "))).size).toBe(400);
  });

  test("isn't given again when the draws repeat", () => {
    const same = { fraction: () => 0 };
    const taken: string[] = [];
    for (let count = 0; count < 300; count++) {
      const name = newName(same, taken);
      expect(taken).not.toContain(name);
      taken.push(name);
    }
  });

  test("has a third word when every pair is taken, in either order", () => {
    const taken = FIRST_WORDS.flatMap((first) => LAST_WORDS.map((last) => `${last} ${first}`));
    expect(newName(random, taken).split(" ")).toHaveLength(3);
  });

  test("has as many words as it needs when the draws repeat and thousands are taken", () => {
    const taken = [2, 3, 4].map((words) =>
      [...Array.from({ length: words - 1 }, () => FIRST_WORDS[0]), LAST_WORDS[0]].join(" "),
    );
    const all = [...taken, ...FIRST_WORDS, ...LAST_WORDS];
    expect(newName({ fraction: () => 0 }, all).split(" ")).toHaveLength(5);
  });
});

describe("a wanted name is given", () => {
  test.each([
    ["Ana", "Ana"],
    ["  Ana   Maria ", "Ana Maria"],
    ["O’Neil", "O'Neil"],
    ["Anna‑Lena", "Anna-Lena"],
    ["J.R. Smith", "J.R. Smith"],
    ["St. John", "St. John"],
    ["Maria 1984", "Maria 1984"],
    ["Ａｎａ", "Ana"],
    ["Bridget", "Bridget"],
    ["Stopford", "Stopford"],
    ["Ана Мария", "Ана Мария"],
    ["Γιώργος", "Γιώργος"],
    ["مریم", "مریم"],
    ["علی\u200cرضا", "علی رضا"],
    ["नेहा", "नेहा"],
    ["李明", "李明"],
    ["สมชาย", "สมชาย"],
    ["민지", "민지"],
    ["é".repeat(30), "é".repeat(30)],
    ["नि".repeat(30), "नि".repeat(30)],
  ])("%j as %j", (wanted, name) => {
    expect(acceptName(wanted, ["Amber Fox", "Leo"])).toEqual({ kind: "accepted", name });
  });

  test("once more when nobody has it, and not when somebody has", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (wanted) => {
        const answer: NameAnswer = acceptName(wanted, []);
        if (answer.kind === "refused") return;
        expect(acceptName(answer.name, [])).toEqual(answer);
        expect(acceptName(answer.name, [answer.name])).toEqual({ kind: "refused", rule: "taken" });
      }),
    );
  });
});

describe("a wanted name is refused", () => {
  const refusals: readonly (readonly [NameRule, string])[] = [
    ["empty", ""],
    ["empty", " \u00a0 "],
    ["too-long", "x".repeat(31)],
    ["too-long", "नि".repeat(31)],
    ["hidden-characters", "A\u200bna"],
    ["hidden-characters", "A\u202ena"],
    ["hidden-characters", "Ana\u0000"],
    ["hidden-characters", "Ana\nLeo"],
    ["hidden-characters", "Ana\u3164"],
    ["hidden-characters", "A\u0338\u0321\u0322\u031bna"],
    ["characters", "Ana/Leo"],
    ["characters", "Ana 🙂"],
    ["characters", "Ana (bike)"],
    ["characters", "Ana · bike"],
    ["first-letter", "12"],
    ["first-letter", "1 accept"],
    ["first-letter", "-Ana"],
    ["contact", "Ana 07700 900123"],
    ["contact", "Ana 07700"],
    ["contact", "Ana ٠٧٧٠٠"],
    ["contact", "six one nine two zero six two"],
    ["contact", "ana@example.org"],
    ["contact", "ana at example dot org"],
    ["contact", "@ana:example.org"],
    ["contact", "bit.ly"],
    ["contact", "t.me/ana"],
    ["code", "K3V9 7QXM 4T"],
    ["code", "k3v9-7qxm-4t"],
    ["code", "k3v97qxm4t"],
    ["code", "Ana k3v9-7qxm-4t"],
    ["reserved", "Footbridge"],
    ["reserved", "F00tbridge"],
    ["reserved", "Foоtbridge"],
    ["reserved", "The Foot Bridge"],
    ["reserved", "Footbrige team"],
    ["reserved", "bridge bot"],
    ["reserved", "Bridge Support"],
    ["reserved", "Аdmin"],
    ["reserved", "Moderator"],
    ["reserved", "you"],
    ["reserved", "Request 1"],
    ["reserved", "Rеquest"],
    ["reserved", "Accepted"],
    ["reserved", "Weakest hop"],
    ["taken", "Amber Fox"],
    ["taken", "amber f0x"],
    ["taken", "Fox Amber"],
    ["taken", "Amber Foxx"],
    ["taken", "Lео"],
  ];

  test.each(refusals)("as %s: %j", (rule, wanted) => {
    expect(acceptName(wanted, ["Amber Fox", "Leo"])).toEqual({ kind: "refused", rule });
  });

  test("when it is a handle's code, whichever", () => {
    for (let count = 0; count < 200; count++) {
      const code = newHandleCode(random);
      for (const name of [code, `${code.slice(0, 4)} ${code.slice(4, 8)} ${code.slice(8)}`]) {
        expect(acceptName(name, []), "a code was accepted as a name").toMatchObject({ kind: "refused" });
      }
    }
  });
});

/** Insertions, deletions and replacements between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      next.push(
        Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (left === right ? 0 : 1)),
      );
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

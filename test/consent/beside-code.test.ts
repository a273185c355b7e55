import { describe, expect, test } from "vitest";
import { isIntroduction } from "../../src/consent/beside-code.ts";
import { findHandleCodes } from "../../src/consent/handle-code.ts";
import { ORDINARY } from "./ordinary-sentences.ts";

const CODE = "k3v9-7qxm-4t";
const restOf = (text: string): string => findHandleCodes(text)[0]?.rest ?? "no code";

describe("what stands beside a code", () => {
  test.each([
    ...[`code: ${CODE}`, `Code ${CODE}`, `CODE - ${CODE}.`, `${CODE} (code)`, `handle ${CODE}`],
    ...[`hi ${CODE}`, `Hello! ${CODE}`, `hey, ${CODE}`, `${CODE} hi`, `Good morning ${CODE} :)`],
    ...[`Hi there, my code is ${CODE}!`, `Hello, here's the code: ${CODE}`, `This is the code ${CODE} hello`],
    ...[`Olá, código ${CODE}`, `👋🏽 ${CODE}`, `hi ${CODE}!!!`, `${CODE}!!!`],
  ])("says nothing by itself: %s", (text) => {
    expect(isIntroduction(restOf(text))).toBe(true);
  });

  test.each([
    ...[`hi ${CODE} is it there?`, `hello, is it sold? ${CODE}`, `${CODE} 👍`, `${CODE} yes`, `${CODE} 40`],
    ...[
      `is this here? ${CODE}`,
      `${CODE} this is it`,
      `good ${CODE}`,
      `the ${CODE}`,
      `my ${CODE}`,
      `here ${CODE}`,
    ],
    ...[`what code? ${CODE}`, `code red ${CODE}`, `the code works ${CODE}`, `high ${CODE}`, `hi Ana ${CODE}`],
    ...[`please ${CODE}`, `thanks ${CODE}`, `call me ${CODE}`],
  ])("is for its owner: %s", (text) => {
    expect(isIntroduction(restOf(text))).toBe(false);
  });

  test("is for its owner in every ordinary sentence", () => {
    expect(ORDINARY.filter((sentence) => isIntroduction(sentence))).toEqual([]);
  });
});

// The times in docs/privacy.md are those of the code.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/model/time.ts";
import { GUEST_STAYS } from "../../src/pipeline/desks.ts";
import { REQUEST_TIME } from "../../src/pipeline/errands/request.ts";
import { TTL_CLASSES } from "../../src/privacy/periods.ts";
import { QUESTION_TIME } from "../../src/routing/follow-up.ts";
import { FAMILIES } from "../../src/store/families.ts";
import { MAP_LIFETIME } from "../../src/store/message-map.ts";
import { COOL_DOWN } from "../../src/store/number-pairs.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/privacy.md"), "utf8").replaceAll(/\s+/g, " ");

const most = (family: keyof typeof FAMILIES): number => {
  const { life } = FAMILIES[family];
  return life.kind === "ttl" ? life.most : Number.POSITIVE_INFINITY;
};
const lasts = ({ period, keep }: { period: number; keep: number }): number => period + keep;

const SAID: readonly (readonly [what: string, time: number, is: number, words: string])[] = [
  ["ids against doubles", most("dedupe"), 14 * DAY, "ids against doubles (HMACs) | at most 14 days"],
  ["counters of limits", most("limit"), 48 * HOUR, "counters of limits (HMACs) | at most 48 hours"],
  [
    "the message map",
    MAP_LIFETIME,
    30 * DAY,
    "no text | 30 days; the key of the day is destroyed 30 days after it",
  ],
  ["a question that waits", QUESTION_TIME, 10 * MINUTE, "| 10 minutes / 7 days |"],
  ["a request that waits", REQUEST_TIME, 7 * DAY, "| 10 minutes / 7 days |"],
  ["a guest who is silent", GUEST_STAYS, 90 * DAY, "forgotten after 90 days without a word"],
  ["a number that cools down", COOL_DOWN, 30 * DAY, "with a phone | 30 days after the conversation"],
  ["what lives up to a day", lasts(TTL_CLASSES["24h"]), 25 * HOUR, "within 25 hours of the sealing"],
  ["what lives 30 days", lasts(TTL_CLASSES["30d"]), 31 * DAY, "within a day after its time for the rest"],
];

describe("docs/privacy.md", () => {
  it.each(SAID)("says how long the code keeps %s", (_, time, is, words) => {
    expect(time).toBe(is);
    expect(PAGE).toContain(words);
  });
});

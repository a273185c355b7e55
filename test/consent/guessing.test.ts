import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { guesses, hitProbability } from "../../src/consent/guessing.ts";
import { HANDLE_CODES } from "../../src/consent/handle-code.ts";
import { LINK_CODES } from "../../src/consent/link-code.ts";
import { LIMITS, type LimitSetting } from "../../src/model/limits.ts";
import { DAY, HOUR } from "../../src/model/time.ts";

const MONTH = 30 * DAY;
const ACCOUNTS = 1_000;
const AMPLE: LimitSetting = { budget: 1_000_000, per: HOUR };

const account = LIMITS.wrongCodes;
const reserve = LIMITS.reservedCodes;
const handles = { account, everybody: LIMITS.wrongHandleCodes, reserve };
const links = { account, everybody: LIMITS.wrongLinkCodes, reserve };

const count = (value: number): string => value.toLocaleString("en");
const oneIn = (probability: number): string => `1 in ${count(Math.round(1 / probability))}`;
const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

describe("docs/guessing.md", () => {
  const document = readFileSync(new URL("../../docs/guessing.md", import.meta.url), "utf8");
  const prose = document.replace(/\s+/g, " ");
  const handle = guesses(handles, ACCOUNTS, MONTH);
  const link = guesses(links, ACCOUNTS, MONTH);

  test("has the number of codes that can be tried, by the table of limits as it is", () => {
    expect(document).toContain(
      row("one account, however it goes about it", count(handle.oneAccount), count(link.oneAccount)),
    );
    expect(document).toContain(
      row(
        "1,000 accounts, if nothing limited them together",
        count(handle.allAccounts),
        count(link.allAccounts),
      ),
    );
    expect(document).toContain(
      row(
        "1,000 accounts, with the limit over all and their reserves",
        `**${count(handle.limited)}**`,
        `**${count(link.limited)}**`,
      ),
    );
    const over = (limits: typeof links): string =>
      count(guesses({ account: limits.account, everybody: limits.everybody }, 10 ** 9, MONTH).limited);
    expect(document).toContain(
      row("any number of accounts, without their reserves", over(handles), over(links)),
    );
    expect(document).toContain(
      row(
        "accounts that use the limit over all up for the whole month",
        count(handle.accountsToShut),
        count(link.accountsToShut),
      ),
    );
    const hourly = guesses({ account: { ...account, per: HOUR }, everybody: AMPLE }, 1, MONTH).oneAccount;
    expect(prose).toContain(`${count(hourly)} codes a month`);
    const each = guesses(links, 10 ** 9, MONTH).limited - guesses(links, 10 ** 9 - 1, MONTH).limited;
    expect(prose).toContain(`${each} codes a month`);
  });

  test("has the chances to hit a live code", () => {
    for (const live of [100, 10_000, 1_000_000])
      expect(document).toContain(
        row(`${count(live)} handles`, oneIn(hitProbability(handle.limited, live, HANDLE_CODES))),
      );
    const { everybody: limit } = handles;
    const everybody = guesses({ account, everybody: limit }, 10 ** 9, MONTH).limited;
    const percent = (100 * hitProbability(everybody, 1_000_000, HANDLE_CODES)).toFixed(1);
    expect(prose).toContain(`with a chance of ${percent} %`);
    for (const live of [1, 10, 100])
      expect(document).toContain(
        row(
          `${live} link code${live === 1 ? "" : "s"} at every moment`,
          oneIn(hitProbability(link.limited, live, LINK_CODES)),
        ),
      );
  });
});

describe("how many codes one account can try", () => {
  const one = (setting: LimitSetting, span: number): number =>
    guesses({ account: setting, everybody: AMPLE }, 1, span).oneAccount;
  const pause = { first: HOUR, longest: DAY };

  test("is the budget at once, then what comes back, where there is no pause", () => {
    expect(one({ budget: 5, per: DAY }, 0)).toBe(5);
    expect(one({ budget: 5, per: DAY }, DAY)).toBe(10);
    expect(one({ budget: 5, per: HOUR }, DAY)).toBe(125);
  });

  test("grows with each pause that fits: 5 at once, 5 after an hour, 5 after two more", () => {
    const spans = [0, HOUR - 1, HOUR, 3 * HOUR - 1, 3 * HOUR, 7 * HOUR];
    expect(spans.map((span) => one({ budget: 5, per: DAY, pause }, span))).toEqual([5, 5, 10, 10, 15, 20]);
  });

  test("is as much as a patient attacker gets who waits until the pauses are forgotten", () => {
    // 20 in the first 7 hours, 5 in the 24 that follow, then from the beginning: 15 more in 7 hours.
    expect(one({ budget: 5, per: DAY, pause }, (7 + 24 + 7) * HOUR)).toBe(40);
  });

  test("is never less for a longer time, nor more than the limits allow by any plan that is tried out", () => {
    let before = 0;
    for (let hours = 0; hours <= 200; hours++) {
      const most = one({ budget: 5, per: DAY, pause }, hours * HOUR);
      expect(most).toBeGreaterThanOrEqual(before);
      before = most;
    }
    const plans = Array.from({ length: 80 }, (_, plan) => tryOut(plan));
    expect(Math.max(...plans)).toBeLessThanOrEqual(before);
    expect(Math.max(...plans)).toBeGreaterThan(0.9 * before); // some of them are good ones
  });

  /** Plays one plan, a different one for each number, hour by hour in 200 hours: says how many codes were taken. */
  function tryOut(plan: number): number {
    let [tokens, pauses, until, taken] = [5, 0, 0, 0];
    for (let hour = 0; hour <= 200; hour++) {
      if (hour > 0) tokens = Math.min(5, tokens + 5 / 24);
      if (hour < until) continue;
      if (pauses > 0 && hour >= until + 24) pauses = 0;
      while (tokens >= 1 - 1e-9) {
        tokens -= 1;
        taken += 1;
      }
      const isPatient = plan >= 8 && (plan * 7_919 + hour * 104_729) % 5 === 0;
      if (isPatient || pauses >= plan % 8) continue; // so many pauses in a row, then wait
      pauses += 1;
      until = hour + Math.min(2 ** (pauses - 1), 24);
      tokens = 5 - 5 / 24; // full when the pause ends, after the hour's share
    }
    return taken;
  }
});

describe("the limit over all", () => {
  test("bounds what many accounts try together, and the reserve what it lets through beside it", () => {
    const everybody = { budget: 10, per: HOUR };
    expect(guesses({ account, everybody }, 1_000, DAY).limited).toBe(250);
    expect(guesses({ account, everybody, reserve }, 1_000, DAY).limited).toBe(250 + 2_000);
    expect(guesses({ account, everybody }, 1, DAY).limited).toBe(
      guesses({ account, everybody }, 1, DAY).oneAccount,
    );
  });
});

describe("the chance to hit a live code", () => {
  test("is the share of live ones for each try, and never more than certain", () => {
    expect(hitProbability(1, 1, 2)).toBeCloseTo(0.5, 12);
    expect(hitProbability(2, 1, 2)).toBeCloseTo(0.75, 12);
    expect(hitProbability(10 ** 9, 10, 100)).toBe(1);
    expect(hitProbability(0, 10, 100)).toBe(0);
    expect(hitProbability(5, 0, 100)).toBe(0);
  });

  test("is right where it is tiny", () => {
    expect(hitProbability(1_000, 1, 1e15) * 1e12).toBeCloseTo(1, 6);
  });
});

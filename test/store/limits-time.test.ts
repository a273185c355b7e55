import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LIMITS, type LimitSettings, type Take } from "../../src/model/limits.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/model/time.ts";
import { takesOf } from "../../src/safety/limits.ts";
import type { Limits } from "../../src/store/limits.ts";
import { runs } from "./fixture.ts";
import { LimitsModel } from "./limits.model.ts";
import {
  ANA,
  contact,
  handleCode,
  howOften,
  LEO,
  type LimitsBench,
  openLimitsBench,
  PERSON,
  START,
  sms,
} from "./limits-bench.ts";

let at: LimitsBench;
let limits: Limits;

beforeAll(async () => {
  at = await openLimitsBench();
});
afterAll(() => at.stop());
beforeEach(async () => {
  await at.clear();
  limits = at.counted();
});

const often = (takes: readonly Take[], from = limits) => howOften(from, takes);

describe("a pause", () => {
  const wrong: readonly Take[] = [{ limit: "wrongCodes", scope: ANA, cost: 1 }];
  const runInto = async () => {
    for (;;) {
      const verdict = await limits.take(wrong);
      if (verdict.kind === "refused") return verdict;
    }
  };

  test("begins once, ends when it was said to, however often one tries meanwhile", async () => {
    expect(await often(wrong)).toBe(5);
    expect(await limits.take(wrong)).toMatchObject({ retryAfter: HOUR, begins: false });
    await at.pass(HOUR - MINUTE);
    expect(await limits.take(wrong)).toMatchObject({ retryAfter: MINUTE, begins: false });
    await at.pass(MINUTE);
    expect(await often(wrong)).toBe(5);
  });

  test("of wrong codes is said with the sixth, and doubles from an hour to a day", async () => {
    const said: number[] = [];
    for (let i = 0; i < 7; i++) {
      for (let code = 0; code < 5; code++) expect((await limits.take(wrong)).kind).toBe("allowed");
      const verdict = await runInto();
      expect(verdict.begins).toBe(true);
      said.push(verdict.retryAfter / HOUR);
      await at.pass(verdict.retryAfter);
    }
    expect(said).toEqual([1, 2, 4, 8, 16, 24, 24]);
  });

  test("is forgotten a day after it ended, not before", async () => {
    expect((await runInto()).retryAfter).toBe(HOUR);
    await at.pass(HOUR + DAY - 1);
    expect((await runInto()).retryAfter).toBe(2 * HOUR);
    await at.pass(2 * HOUR + DAY);
    expect((await runInto()).retryAfter).toBe(HOUR);
  });

  test("begins for one only of many who run into it together", async () => {
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => at.real().take(wrong)));
    expect(verdicts.filter((each) => each.kind === "refused" && each.begins)).toHaveLength(1);
  });

  test("isn't ended by what is given back", async () => {
    await runInto();
    await limits.giveBack(wrong);
    expect(await often(wrong)).toBe(0);
  });
});

describe("a clock that is set back", () => {
  test("leaves every bucket as full as it was, and time goes by again from there", async () => {
    for (let i = 0; i < 18; i++) await limits.take(contact);
    await at.setClock(START - 30 * DAY);
    expect(await often(contact)).toBe(2);
    expect(await limits.take(contact)).toMatchObject({ kind: "refused", retryAfter: DAY / 20 });
    await at.pass(DAY / 20);
    expect(await often(contact)).toBe(1);
    await at.pass(DAY);
    expect(await often(contact)).toBe(20);
  });

  test("counts what is refused meanwhile as time gone by", async () => {
    await often(contact);
    await at.setClock(START - 30 * DAY);
    const tooMany = [1, 2, 3, 4, 5, 6].flatMap(() => contact);
    for (let i = 0; i < 24; i++) {
      expect((await limits.take(tooMany)).kind).toBe("refused");
      await at.pass(HOUR / 4);
    }
    expect(await often(contact)).toBe(5); // of 6 hours
  });

  test("is no matter for a bucket that is full", async () => {
    await limits.take(contact);
    await limits.giveBack(contact);
    await at.setClock(START - DAY);
    expect(await often(contact)).toBe(20);
  });

  test("gives nothing back, however often it is set", async () => {
    await often(contact);
    for (let i = 0; i < 10; i++) {
      await at.setClock(at.now - HOUR);
      expect(await often(contact)).toBe(0);
    }
  });

  test("makes no pause longer or shorter, and forgets none", async () => {
    await often(handleCode());
    await at.pass(MINUTE);
    await limits.take(handleCode());
    await at.setClock(START - 30 * DAY);
    expect(await limits.take(handleCode())).toMatchObject({ retryAfter: HOUR, begins: false });
    await at.pass(HOUR);
    for (let i = 0; i < 5; i++) expect((await limits.take(handleCode())).kind).toBe("allowed");
    await at.setClock(at.now - DAY);
    expect(await limits.take(handleCode())).toMatchObject({ retryAfter: 2 * HOUR, begins: true });
  });
});

describe("GCRA in Redis", () => {
  // round numbers, so that the model's fractions and the script's microseconds agree
  const settings: LimitSettings = {
    ...LIMITS,
    messages: { budget: 4, per: 4 * SECOND, pause: { first: 2 * SECOND, longest: 8 * SECOND } },
    personMessages: { budget: 6, per: 12 * SECOND },
    smsPerPhone: { budget: 8, per: 16 * SECOND },
    smsPerPrefix: { budget: 5, per: 10 * SECOND },
    smsPerAccount: { budget: 6, per: 6 * SECOND },
    smsSpend: { budget: 16, per: 32 * SECOND },
  };
  const act = fc.oneof(
    fc
      .record({ from: fc.constantFrom(ANA, LEO) })
      .map(({ from }) => takesOf({ kind: "message", from, person: PERSON })),
    fc
      .record({
        to: fc.constantFrom(ANA, LEO),
        parts: fc.integer({ min: 1, max: 9 }),
        prefix: fc.constantFrom("+1", "+2"),
      })
      .map(({ to, parts, prefix }) => sms(parts, to, prefix)),
  );
  const step = fc.record({
    wait: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 40 })),
    takes: act,
    back: fc.boolean(),
  });

  test("answers as its other definition does", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        await at.bench.clear();
        await at.setClock(START);
        const model = new LimitsModel(settings);
        limits = at.counted(settings);
        for (const { wait, takes, back } of steps) {
          await at.pass(wait * 250);
          const verdict = await limits.take(takes);
          expect(verdict).toEqual(model.take(takes, at.now));
          if (verdict.kind !== "allowed" || !back) continue;
          await limits.giveBack(takes);
          model.giveBack(takes);
        }
      }),
      runs(60),
    );
  });
});

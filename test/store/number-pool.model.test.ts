import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConversationId, LegId } from "../../src/model/ids.ts";
import { DAY } from "../../src/model/time.ts";
import { COOL_DOWN } from "../../src/store/number-pairs.ts";
import { NumberPool } from "../../src/store/number-pool.ts";
import { type Bench, newId, openBench, PHONES, type Process, runs, SMS } from "./fixture.ts";
import { DOOR, History, MODEL_NUMBERS, MODEL_PHONES } from "./number-pool.model.ts";

/** One thing that happens to the numbers of two phones. */
type Step =
  | {
      readonly do: "allocate";
      readonly phone: number;
      readonly conversation: number;
      readonly texted: number | undefined;
      /** By a process whose config lacks the last number. */
      readonly small: boolean;
    }
  | { readonly do: "release"; readonly phone: number; readonly conversation: number }
  | { readonly do: "forget"; readonly phone: number }
  | { readonly do: "wait"; readonly days: number }
  /** A pair of the config wants the number. */
  | { readonly do: "claim"; readonly phone: number; readonly number: number };

const phone = fc.nat({ max: MODEL_PHONES.length - 1 });
const number = fc.nat({ max: MODEL_NUMBERS.length - 1 });
const conversation = fc.nat({ max: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("allocate" as const),
      phone,
      conversation,
      texted: fc.option(number, { nil: undefined }),
      small: fc.oneof(
        { weight: 5, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("release" as const), phone, conversation }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("forget" as const), phone }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("wait" as const), days: fc.constantFrom(1, 10, 29, 30, 31) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("claim" as const), phone, number }) },
);

const ALL = MODEL_NUMBERS.map((_, i) => i);
const SMALL = ALL.slice(0, -1);

let bench: Bench;
let house: Process;

beforeAll(async () => {
  bench = await openBench();
  house = bench.begin();
});
afterAll(() => bench.stop());

/** A run: what should be, and the conversations by their number. */
class Run {
  readonly history = new History(bench.clock.now());
  readonly #conversations = Array.from({ length: 5 }, () => newId<ConversationId>());

  async play(each: Step): Promise<void> {
    switch (each.do) {
      case "allocate":
        return this.#allocate(each);
      case "release":
        await poolOf(ALL).release(phoneAt(each.phone), this.#at(each.conversation));
        return this.history.release(each.phone, this.#at(each.conversation));
      case "forget":
        await poolOf(ALL).forget(phoneAt(each.phone));
        return this.history.forget(each.phone);
      case "wait":
        bench.clock.advance(each.days * DAY);
        this.history.now = bench.clock.now();
        return;
      case "claim":
        return this.#claim(each);
    }
  }

  async #allocate({ small, texted, ...each }: Extract<Step, { do: "allocate" }>): Promise<void> {
    const pool = small ? SMALL : ALL;
    const conversation = this.#at(each.conversation);
    const allowed = this.history.allowed(each.phone, conversation, pool, texted);
    const given = await poolOf(pool).allocate({
      phone: phoneAt(each.phone),
      conversation,
      leg: newId<LegId>(),
      ...(texted === undefined ? {} : { texted: numberAt(texted) }),
    });
    const got = MODEL_NUMBERS.findIndex((own) => own.expose() === given.number.expose());
    expect(allowed).toContain(got);
    this.history.given(each.phone, conversation, pool, got);
    const others = this.history.on(each.phone, got).filter((stay) => stay.conversation !== conversation);
    const open = others.filter(({ until }) => until === undefined);
    expect(given.shared).toBe(others.length > 0);
    expect([...given.others].sort()).toEqual(open.map((stay) => stay.conversation).sort());
    if (given.shared) expect(got).toBe(DOOR);
  }

  /** As the keeper of the config's pairs does it. */
  async #claim(each: Extract<Step, { do: "claim" }>): Promise<void> {
    const [phone, number] = [phoneAt(each.phone), numberAt(each.number)];
    const pair = { conversation: newId<ConversationId>(), leg: newId<LegId>() };
    let held = await house.numberPairs.claim(phone, number, pair);
    if ((held.releasedAt ?? Number.POSITIVE_INFINITY) + COOL_DOWN <= bench.clock.now()) {
      await house.numberPairs.drop(phone, number, held.conversation);
      held = await house.numberPairs.claim(phone, number, pair);
    }
    const isFree = this.history.on(each.phone, each.number).length === 0;
    expect(held.conversation === pair.conversation).toBe(isFree);
    if (isFree) this.history.given(each.phone, pair.conversation, ALL, each.number);
  }

  /** Redis holds exactly what the history says. */
  async compare(): Promise<void> {
    for (const [i, phone] of MODEL_PHONES.entries()) {
      for (const [j, number] of MODEL_NUMBERS.entries()) {
        const stored = await house.numberPairs.on(phone, number);
        const expected = this.history.on(i, j);
        const until = (each: { readonly releasedAt?: number }) => each.releasedAt;
        const named = stored.filter(({ conversation }) =>
          this.history.stays.some((stay) => stay.conversation === conversation),
        );
        const known = expected.filter(({ conversation }) => conversation !== undefined);
        expect(named.map(({ conversation }) => conversation).sort()).toEqual(
          known.map(({ conversation }) => conversation).sort(),
        );
        expect(stored.length > 0).toBe(expected.length > 0); // forgotten ones of one number are one tombstone
        expect(stored.map(until).filter((at) => at === undefined)).toHaveLength(
          expected.filter((stay) => stay.until === undefined).length,
        );
      }
    }
    expect(this.history.overlaps()).toEqual([]);
  }

  #at(index: number): ConversationId {
    const found = this.#conversations[index];
    if (found === undefined) throw new RangeError("no such conversation");
    return found;
  }
}

function phoneAt(index: number) {
  const found = MODEL_PHONES[index];
  if (found === undefined) throw new RangeError("no such phone");
  return found;
}

function numberAt(index: number) {
  const found = MODEL_NUMBERS[index];
  if (found === undefined) throw new RangeError("no such number");
  return found;
}

function poolOf(indexes: readonly number[]): NumberPool {
  return new NumberPool(house.store, {
    network: SMS,
    account: PHONES,
    frontDoor: numberAt(DOOR),
    numbers: indexes.map(numberAt),
  });
}

describe("the numbers of phones under any interleaving of asking, releasing, waiting and forgetting", () => {
  test("are kept, cool down and are shared by the rules, and no late reply reaches a new conversation", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await bench.clear();
        const run = new Run();
        for (const each of steps) {
          await run.play(each);
          await run.compare();
        }
      }),
      runs(60),
    );
  });
});

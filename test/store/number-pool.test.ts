import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Address } from "../../src/model/address.ts";
import { accountId, type ConversationId, type LegId } from "../../src/model/ids.ts";
import { type Sensitive, sensitive } from "../../src/model/sensitive.ts";
import { DAY } from "../../src/model/time.ts";
import { COOL_DOWN } from "../../src/store/number-pairs.ts";
import { type Allocation, NumberPool, type NumberRequest } from "../../src/store/number-pool.ts";
import {
  type Bench,
  dyingConnection,
  newId,
  openBench,
  PHONE,
  PHONES,
  type Process,
  SMS,
} from "./fixture.ts";

const DOOR = sensitive("+15550100100");
const ONE = sensitive("+15550100111");
const TWO = sensitive("+15550100112");

let bench: Bench;
let house: Process;
let pool: NumberPool;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  house = bench.begin();
  pool = poolOf([DOOR, ONE, TWO]);
});

function poolOf(numbers: readonly Sensitive<Address>[], account = PHONES, process = house): NumberPool {
  return new NumberPool(process.store, { network: SMS, account, frontDoor: DOOR, numbers });
}

function request(more: Partial<NumberRequest> = {}): NumberRequest {
  return { phone: PHONE, conversation: newId<ConversationId>(), leg: newId<LegId>(), ...more };
}

/** A new conversation of this phone; what it gets, and its id. */
async function begin(more: Partial<NumberRequest> = {}): Promise<Allocation & NumberRequest> {
  const asked = request(more);
  return { ...asked, ...(await pool.allocate(asked)) };
}

function numberOf({ number }: Allocation): string {
  return number.expose();
}

describe("what is known of a pool", () => {
  test("is how many conversations its numbers have, and how many the tightest phone had left", async () => {
    expect(await pool.usage()).toEqual({ numbers: 3, conversations: 0, busiest: 0, tightest: undefined });
    await begin({ texted: TWO });
    expect(await pool.usage()).toMatchObject({
      conversations: 1,
      busiest: 1,
      tightest: { left: 2, shared: false },
    });
    await begin({ phone: sensitive("+15550100299"), texted: TWO });
    await begin();
    expect(await pool.usage()).toMatchObject({
      conversations: 3,
      busiest: 2,
      tightest: { left: 1, shared: false },
    });
    await begin();
    expect(await pool.usage()).toMatchObject({ tightest: { left: 0, shared: false } });
    await begin();
    expect(await pool.usage()).toMatchObject({ conversations: 5, tightest: { left: 0, shared: true } });
  });

  test("is the same of a number that its conversation asks for again", async () => {
    const first = await begin();
    await pool.allocate(first);
    expect(await pool.usage()).toMatchObject({ conversations: 1, tightest: { left: 2, shared: false } });
  });
});

describe("a conversation", () => {
  test("stays on the number that was texted, the front door too", async () => {
    expect(numberOf(await begin({ texted: TWO }))).toBe(TWO.expose());
    expect(numberOf(await begin({ texted: DOOR }))).toBe(DOOR.expose());
  });

  test("gets another number when the one that was texted is somebody else's for this phone", async () => {
    await begin({ texted: DOOR });
    const second = await begin({ texted: DOOR });
    expect(second).toMatchObject({ shared: false, others: [] });
    expect([ONE.expose(), TWO.expose()]).toContain(numberOf(second));
  });

  test("that nobody texted leaves the front door free as long as it can", async () => {
    const numbers = [await begin(), await begin(), await begin()].map(numberOf);
    expect(numbers).toEqual([ONE.expose(), TWO.expose(), DOOR.expose()]);
  });

  test("has its number and its leg however often it asks, whatever it texts and from however many processes", async () => {
    const asked = request({ texted: TWO });
    const first = await pool.allocate(asked);
    await begin();
    const again = await poolOf([DOOR, ONE, TWO], PHONES, bench.begin()).allocate({
      ...asked,
      texted: ONE,
      leg: newId<LegId>(),
    });
    expect(again).toEqual(first);
    expect(again.leg).toBe(asked.leg);
  });

  test("has its number after a crash at any step", async () => {
    for (let at = 1; at <= 3; at++) {
      for (const doneStill of [false, true]) {
        await bench.clear();
        const asked = request();
        const dying = poolOf(
          [DOOR, ONE, TWO],
          PHONES,
          bench.begin(dyingConnection(bench.connection, at, doneStill)),
        );
        await dying.allocate(asked).catch(() => undefined);
        const numbers = [await pool.allocate(asked), await begin(), await begin()].map(numberOf);
        expect(new Set(numbers).size).toBe(3); // nothing was given twice, nothing was lost
      }
    }
  });

  test("gets its number back when it comes back before the cool-down ends, with its new leg", async () => {
    const asked = request({ texted: TWO });
    await pool.allocate(asked);
    await pool.release(PHONE, asked.conversation);
    await begin({ texted: TWO });
    const leg = newId<LegId>();
    bench.clock.advance(COOL_DOWN - 1);
    const back = await pool.allocate({ ...asked, texted: ONE, leg });
    expect(back).toMatchObject({ leg, shared: false });
    expect(numberOf(back)).toBe(TWO.expose());
  });

  test("moves to another number when its own left the pool, which then cools down", async () => {
    const asked = request({ texted: TWO });
    await pool.allocate(asked);
    const smaller = poolOf([DOOR, ONE]);
    expect(numberOf(await smaller.allocate(asked))).toBe(ONE.expose());
    expect(numberOf(await smaller.allocate(asked))).toBe(ONE.expose());
    expect(await house.numberPairs.on(PHONE, TWO)).toMatchObject([
      { conversation: asked.conversation, releasedAt: bench.clock.now() },
    ]);
  });

  test("stays on the number that it has now when another that it had is back in the pool", async () => {
    const asked = request();
    const [key, old] = [house.numberPairs.key(PHONE), house.numberPairs.field(ONE)];
    await pool.allocate({ ...asked, texted: TWO });
    const cooling = `${asked.conversation}:${asked.leg}:${bench.clock.now()}`;
    await bench.connection.command("HSET", key, old, cooling);
    expect(numberOf(await pool.allocate(asked))).toBe(TWO.expose());
  });

  test("says nothing of the same numbers to other phones", async () => {
    const other = sensitive("+15550100900");
    await begin({ texted: ONE });
    expect(numberOf(await begin({ phone: other, texted: ONE }))).toBe(ONE.expose());
  });
});

describe("a number that was released", () => {
  test("goes to nobody for 30 days, then to whoever asks", async () => {
    const first = await begin({ texted: ONE });
    await pool.release(PHONE, first.conversation);
    bench.clock.advance(COOL_DOWN - 1);
    const second = await begin({ texted: ONE });
    expect(numberOf(second)).not.toBe(ONE.expose());
    bench.clock.advance(1);
    expect(numberOf(await begin({ texted: ONE }))).toBe(ONE.expose());
  });

  test("doesn't begin its cool-down anew when that is said again", async () => {
    const first = await begin({ texted: ONE });
    await pool.release(PHONE, first.conversation);
    bench.clock.advance(COOL_DOWN - DAY);
    await pool.release(PHONE, first.conversation);
    bench.clock.advance(DAY);
    expect(numberOf(await begin({ texted: ONE }))).toBe(ONE.expose());
  });
});

describe("when all numbers are taken", () => {
  test("the front door is shared, and all who share it are told who else is there", async () => {
    const first = await begin({ texted: DOOR });
    await begin();
    await begin();
    const fourth = await begin();
    expect(fourth).toMatchObject({ shared: true, others: [first.conversation] });
    expect(numberOf(fourth)).toBe(DOOR.expose());
    const fifth = await begin();
    expect(new Set(fifth.others)).toEqual(new Set([first.conversation, fourth.conversation]));
    const asked = await pool.allocate(first);
    expect(asked.shared).toBe(true);
    expect(new Set(asked.others)).toEqual(new Set([fourth.conversation, fifth.conversation]));
  });

  test("no pool number is ever shared", async () => {
    for (let i = 0; i < 8; i++) await begin();
    for (const number of [ONE, TWO]) expect(await house.numberPairs.on(PHONE, number)).toHaveLength(1);
    expect(await house.numberPairs.on(PHONE, DOOR)).toHaveLength(6);
  });

  test("a conversation alone on the front door counts as sharing while others still cool down there", async () => {
    pool = poolOf([DOOR]);
    const first = await begin();
    await pool.release(PHONE, first.conversation);
    const second = await begin();
    expect(second).toMatchObject({ shared: true, others: [] });
    bench.clock.advance(COOL_DOWN);
    expect(await pool.allocate(second)).toMatchObject({ shared: false, others: [] });
  });

  test("who shares keeps its place, also when a number becomes free", async () => {
    const first = await begin({ texted: DOOR });
    const second = await begin();
    await begin();
    const sharing = await begin();
    await pool.release(PHONE, second.conversation);
    bench.clock.advance(COOL_DOWN);
    expect(await pool.allocate(sharing)).toMatchObject({ shared: true, others: [first.conversation] });
    expect(await begin()).toMatchObject({ shared: false });
  });

  test("who shared and left cools down there too", async () => {
    pool = poolOf([DOOR]);
    const first = await begin();
    const second = await begin();
    await pool.release(PHONE, second.conversation);
    expect(await pool.allocate(first)).toMatchObject({ shared: true, others: [] });
    expect(await house.numberPairs.on(PHONE, DOOR)).toMatchObject([
      { conversation: first.conversation },
      { conversation: second.conversation, releasedAt: bench.clock.now() },
    ]);
    await pool.release(PHONE, first.conversation);
    bench.clock.advance(COOL_DOWN);
    expect(await house.numberPairs.on(PHONE, DOOR)).toEqual([]);
    expect(await begin()).toMatchObject({ shared: false });
  });

  test("those who are on a number are named before those who were", async () => {
    pool = poolOf([DOOR]);
    const [first, second] = [await begin(), await begin()];
    await pool.release(PHONE, first.conversation);
    const on = await house.numberPairs.on(PHONE, DOOR);
    expect(on.map(({ conversation }) => conversation)).toEqual([second.conversation, first.conversation]);
  });
});

describe("a phone whose person is forgotten", () => {
  test("leaves tombstones that name nobody, until late replies can't come any more", async () => {
    const held = await begin({ texted: ONE });
    const cooling = await begin({ texted: TWO });
    await pool.release(PHONE, cooling.conversation);
    bench.clock.advance(10 * DAY);
    await pool.forget(PHONE);
    const left = [await house.numberPairs.on(PHONE, ONE), await house.numberPairs.on(PHONE, TWO)].flat();
    expect(left.map(({ releasedAt }) => releasedAt)).toEqual([
      bench.clock.now(),
      bench.clock.now() - 10 * DAY,
    ]);
    const named = left.flatMap(({ conversation, leg }) => [conversation, leg]);
    for (const ids of [held, cooling]) {
      expect(named).not.toContain(ids.conversation);
      expect(named).not.toContain(ids.leg);
    }
    expect(numberOf(await begin({ texted: ONE }))).toBe(DOOR.expose());
    bench.clock.advance(20 * DAY);
    expect(numberOf(await begin({ texted: TWO }))).toBe(TWO.expose());
  });

  test("leaves one tombstone of a shared number, as young as the last who was there", async () => {
    pool = poolOf([DOOR]);
    for (const left of [0, 1]) {
      await bench.clear();
      const both = [await begin(), await begin()];
      await pool.release(PHONE, both[left]?.conversation ?? newId());
      bench.clock.advance(DAY);
      await pool.forget(PHONE);
      expect(await house.numberPairs.on(PHONE, DOOR)).toMatchObject([{ releasedAt: bench.clock.now() }]);
    }
  });

  test("changes nothing when it is forgotten again, and leaves nothing when it had nothing", async () => {
    await pool.forget(PHONE);
    expect(await bench.connection.command("DBSIZE")).toBe(0);
    await begin({ texted: ONE });
    await pool.forget(PHONE);
    const before = await house.numberPairs.on(PHONE, ONE);
    bench.clock.advance(DAY);
    await pool.forget(PHONE);
    const after = await house.numberPairs.on(PHONE, ONE);
    expect(after.map(({ releasedAt }) => releasedAt)).toEqual(before.map(({ releasedAt }) => releasedAt));
  });
});

describe("the load of the numbers", () => {
  test("is spread over the phones that leave the choice to us", async () => {
    const given = new Map<string, number>();
    for (let i = 0; i < 30; i++) {
      const number = numberOf(await begin({ phone: sensitive(`+155501002${10 + i}`) }));
      given.set(number, (given.get(number) ?? 0) + 1);
    }
    expect(Object.fromEntries(given)).toEqual({ [ONE.expose()]: 15, [TWO.expose()]: 15 });
  });

  test("counts a conversation once, however often it asks", async () => {
    const asked = request({ texted: ONE });
    for (let i = 0; i < 5; i++) await pool.allocate(asked);
    expect(String(await bench.connection.command("HVALS", `{a:${PHONES}}:load`))).toBe("1");
  });

  test("goes down with a release, a forgetting, and each only once", async () => {
    const phones = ["+15550100301", "+15550100302"].map((each) => sensitive(each));
    const begun = [];
    for (const phone of phones) begun.push(await begin({ phone, texted: ONE }));
    for (let i = 0; i < 3; i++) {
      await pool.release(phones[0] ?? PHONE, begun[0]?.conversation ?? newId());
      await pool.forget(phones[1] ?? PHONE);
    }
    const loads = await bench.connection.command("HVALS", `{a:${PHONES}}:load`);
    expect(String(loads)).toBe("0");
  });

  test("of one account says nothing of another's", async () => {
    await begin({ texted: ONE });
    const elsewhere = poolOf([DOOR, ONE, TWO], accountId("other"));
    const phone = sensitive("+15550100900");
    expect(numberOf(await elsewhere.allocate(request({ phone })))).toBe(ONE.expose());
  });

  test("is only a hint: a wrong one makes no number free, none taken", async () => {
    await bench.connection.command(
      "HSET",
      `{a:${PHONES}}:load`,
      bench.keyring.identity(SMS, ONE.expose()),
      -7,
    );
    expect(numberOf(await begin())).toBe(ONE.expose());
    expect(numberOf(await begin())).toBe(TWO.expose());
  });
});

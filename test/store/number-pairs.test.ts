import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ConversationId, LegId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { MINUTE } from "../../src/model/time.ts";
import { keys } from "../../src/store/keys.ts";
import { COOL_DOWN, type NumberPair } from "../../src/store/number-pairs.ts";
import { NumberPool } from "../../src/store/number-pool.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import {
  type Bench,
  dyingConnection,
  NUMBER,
  newId,
  openBench,
  PHONE,
  PHONES,
  type Process,
  SMS,
} from "./fixture.ts";

let bench: Bench;
let house: Process;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  house = bench.begin();
});

const OTHER = sensitive("+15550100112");
const pair = (): NumberPair => ({ conversation: newId<ConversationId>(), leg: newId<LegId>() });

/** When the phone's pairs go from Redis, in ms since 1970; -1: no end, -2: they are gone. */
async function endOfPairs(): Promise<number> {
  const key = keys.numberPairs(
    bench.keyring.suppression(SMS, PHONE.expose()),
    bench.keyring.identity(SMS, PHONE.expose()),
  );
  return Number(await bench.connection.command("PEXPIRETIME", key));
}

describe("a phone and one of our numbers", () => {
  test("go to one of two hundred who claim them at the same moment, and all are told to whom", async () => {
    const processes = Array.from({ length: 5 }, () => bench.begin());
    const wanted = Array.from({ length: 200 }, pair);
    const got = await Promise.all(
      wanted.map((each, i) => processes[i % 5]?.numberPairs.claim(PHONE, NUMBER, each)),
    );
    expect(new Set(got.map((each) => each?.conversation)).size).toBe(1);
    expect(wanted).toContainEqual(got[0]);
    expect(await house.numberPairs.on(PHONE, NUMBER)).toEqual([got[0]]);
  });

  test("stay with their conversation while they cool down, and are free once dropped", async () => {
    const first = await house.numberPairs.claim(PHONE, NUMBER, pair());
    await house.numberPairs.release(PHONE, first.conversation);
    const cooling = { ...first, releasedAt: bench.clock.now() };
    expect(await house.numberPairs.claim(PHONE, NUMBER, pair())).toEqual(cooling);
    await house.numberPairs.drop(PHONE, NUMBER, first.conversation);
    const second = pair();
    expect(await house.numberPairs.claim(PHONE, NUMBER, second)).toEqual(second);
  });

  test("cool down from when they were first released, however often that is said", async () => {
    const first = await house.numberPairs.claim(PHONE, NUMBER, pair());
    expect(await house.numberPairs.release(PHONE, first.conversation)).toEqual([
      bench.keyring.identity(SMS, NUMBER.expose()),
    ]);
    const releasedAt = bench.clock.now();
    bench.clock.advance(MINUTE);
    expect(await house.numberPairs.release(PHONE, first.conversation)).toEqual([]);
    expect(await house.numberPairs.on(PHONE, NUMBER)).toEqual([{ ...first, releasedAt }]);
  });

  test("of different phones or numbers don't touch each other", async () => {
    const phones = ["+15550100201", "+15550100202"].map((each) => sensitive(each));
    const numbers = ["+15550100301", "+15550100302"].map((each) => sensitive(each));
    for (const phone of phones) {
      for (const number of numbers) {
        const own = pair();
        expect(await house.numberPairs.claim(phone, number, own)).toEqual(own);
      }
    }
  });

  test("aren't promised to somebody who didn't get them, when they become free between two steps", async () => {
    const first = await house.numberPairs.claim(PHONE, NUMBER, pair());
    await house.numberPairs.release(PHONE, first.conversation);
    // Another process forgets the old pair just before or after our claim found it.
    const between: Connection = {
      ...dyingConnection(bench.connection, Number.POSITIVE_INFINITY),
      call: async (script, names, args) => {
        const reply = await bench.connection.call(script, names, args);
        await house.numberPairs.drop(PHONE, NUMBER, first.conversation);
        return reply;
      },
    };
    const told = await bench.begin(between).numberPairs.claim(PHONE, NUMBER, pair());
    const mine = await bench.begin(between).numberPairs.claim(PHONE, NUMBER, pair());
    const stored = await house.numberPairs.claim(PHONE, NUMBER, pair());
    expect(told.conversation).toBe(first.conversation);
    expect(mine.conversation).toBe(stored.conversation);
  });

  test("aren't taken from a new conversation by who wants to forget the one before it", async () => {
    const old = await house.numberPairs.claim(PHONE, NUMBER, pair());
    await house.numberPairs.drop(PHONE, NUMBER, old.conversation);
    const fresh = await house.numberPairs.claim(PHONE, NUMBER, pair());
    await house.numberPairs.drop(PHONE, NUMBER, old.conversation);
    await house.numberPairs.release(PHONE, old.conversation);
    expect(await house.numberPairs.on(PHONE, NUMBER)).toEqual([fresh]);
  });

  test("aren't free for a pair of the config while conversations share that number, or did until lately", async () => {
    const pool = new NumberPool(house.store, {
      network: SMS,
      account: PHONES,
      frontDoor: NUMBER,
      numbers: [NUMBER],
    });
    const [owner, guest] = [pair(), pair()];
    await pool.allocate({ phone: PHONE, ...owner });
    expect(await pool.allocate({ phone: PHONE, ...guest })).toMatchObject({ shared: true });
    await house.numberPairs.drop(PHONE, NUMBER, owner.conversation);
    expect(await house.numberPairs.claim(PHONE, NUMBER, pair())).toEqual(guest);
    await pool.release(PHONE, guest.conversation);
    const cooling = { ...guest, releasedAt: bench.clock.now() };
    expect(await house.numberPairs.claim(PHONE, NUMBER, pair())).toEqual(cooling);
    bench.clock.advance(COOL_DOWN);
    const late = pair();
    expect(await house.numberPairs.claim(PHONE, NUMBER, late)).toEqual(late);
  });
});

describe("what Redis keeps of a phone's pairs", () => {
  test("has no end while a conversation has one, and goes with the last cool-down", async () => {
    const [one, two] = [pair(), pair()];
    await house.numberPairs.claim(PHONE, NUMBER, one);
    await house.numberPairs.claim(PHONE, OTHER, two);
    await house.numberPairs.release(PHONE, one.conversation);
    expect(await endOfPairs()).toBe(-1);
    bench.clock.advance(MINUTE);
    await house.numberPairs.release(PHONE, two.conversation);
    expect(await endOfPairs()).toBe(bench.clock.now() + COOL_DOWN);
    await house.numberPairs.claim(PHONE, sensitive("+15550100113"), pair());
    expect(await endOfPairs()).toBe(-1);
  });

  test("has no end any more once a conversation gets a number while others cool down", async () => {
    const numbers = [NUMBER, OTHER];
    const pool = new NumberPool(house.store, { network: SMS, account: PHONES, frontDoor: NUMBER, numbers });
    const one = pair();
    await pool.allocate({ phone: PHONE, ...one });
    await pool.release(PHONE, one.conversation);
    expect(await endOfPairs()).toBe(bench.clock.now() + COOL_DOWN);
    await pool.allocate({ phone: PHONE, ...one });
    expect(await endOfPairs()).toBe(-1);
    await pool.forget(PHONE);
    expect(await endOfPairs()).toBe(bench.clock.now() + COOL_DOWN);
  });

  test("goes with the last cool-down also when what was still held is dropped", async () => {
    const [one, two] = [pair(), pair()];
    await house.numberPairs.claim(PHONE, NUMBER, one);
    await house.numberPairs.claim(PHONE, OTHER, two);
    await house.numberPairs.release(PHONE, one.conversation);
    await house.numberPairs.drop(PHONE, OTHER, two.conversation);
    expect(await endOfPairs()).toBe(bench.clock.now() + COOL_DOWN);
    await house.numberPairs.drop(PHONE, NUMBER, one.conversation);
    expect(await endOfPairs()).toBe(-2);
  });
});

// All of it on the real clock: Redis is killed for real, and leases are by its TIME.

import { afterEach, describe, expect, test } from "vitest";
import { createRandom } from "../../src/observe/random.ts";
import { heldUntil, isText, taken } from "../support/scripted-account.ts";
import {
  aWhile,
  nameOf,
  openWorld,
  read,
  ready,
  type Side,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";
import type { WorldOptions } from "../support/world-options.ts";

let world: World;
const opened = async (options: WorldOptions = {}): Promise<TestHouse> => {
  world = await openWorld(options);
  const house = await world.open();
  await ready(world);
  return house;
};
afterEach(() => world.close());

const question = `Maybe not delivered to ${nameOf("phones", 0)} (their network didn't say). Send again? 1 yes · 2 leave it`;
const idle = (house: TestHouse, ms?: number) =>
  until(
    () =>
      house.pipeline.isOpen &&
      house.pipeline.legs.size === 0 &&
      house.pipeline.lanes.size === 0 &&
      house.gate.rooms.inFlight + house.gate.phones.inFlight === 0,
    ms,
  );
function promise(): { resolve: () => void; done: Promise<void> } {
  let resolve: () => void = () => undefined;
  const done = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { resolve, done };
}
/** Says something until it is accepted, as a network comes again with the same id. */
async function insist(house: TestHouse, side: Side, text: string, pair: number): Promise<void> {
  for (let left = 20; ; left--) {
    try {
      await house.say(side, text, { pair, id: `${side}-${pair}-${text}` });
      return;
    } catch (error) {
      if (left === 0) throw error;
      await aWhile(100);
    }
  }
}

describe("a Redis that is killed and comes back", () => {
  test.each([
    ["while Redis is away", false],
    ["after it is back", true],
  ])(
    "a text that is on its way meanwhile, and ends %s, is neither repeated nor asked about",
    async (_, after) => {
      const house = await opened();
      const free = promise();
      world.phones.next(heldUntil(free.done));
      await house.say("rooms", "one");
      await house.say("rooms", "two");
      await house.say("rooms", "three");
      await until(() => world.phones.performed.length === 1);
      await world.redis.kill();
      await aWhile(50);
      if (!after) free.resolve();
      await aWhile(50);
      await world.redis.restart();
      await until(() => house.pipeline.isOpen);
      await aWhile(100);
      if (after) free.resolve();
      await until(() => read(world, "phones").length >= 3);
      await idle(house);
      expect(read(world, "phones")).toEqual(["one", "two", "three"]);
      expect(world.phones.performed).toHaveLength(3);
      expect(read(world, "rooms")).toEqual([]);
    },
  );

  test("a text that ends just as it comes back isn't either, and nothing behind it waits for a lease", async () => {
    const house = await opened({ pairs: 6 });
    for (let round = 0; round < 6; round++) {
      const free = promise();
      world.phones.next(heldUntil(free.done), isText, 6);
      for (let pair = 0; pair < 6; pair++)
        for (let i = 0; i < 3; i++) await house.say("rooms", `${round}.${i}`, { pair });
      const before = round * 18;
      await until(() => world.phones.performed.length === before + 6);
      await world.redis.kill();
      const up = promise();
      house.connection.onUp(() => setTimeout(up.resolve, round));
      await world.redis.restart();
      await up.done;
      free.resolve();
      await until(() => world.phones.shown.length === before + 18);
    }
    await idle(house);
    expect(world.phones.performed).toHaveLength(6 * 18);
    expect(world.rooms.shown).toEqual([]);
    for (let pair = 0; pair < 6; pair++)
      expect(read(world, "phones", pair)).toEqual(
        [0, 1, 2, 3, 4, 5].flatMap((r) => [0, 1, 2].map((i) => `${r}.${i}`)),
      );
  }, 30_000);

  test("a try that failed surely meanwhile is tried again, and isn't asked about", async () => {
    const house = await opened();
    const free = promise();
    world.phones.next(async (_operation, attempt) => {
      await attempt.mark();
      await free.done;
      return { kind: "retry", reason: "network-error", scope: "delivery", counts: true };
    });
    await house.say("rooms", "one");
    await until(() => world.phones.performed.length === 1);
    await world.redis.restart();
    await until(() => house.pipeline.isOpen);
    free.resolve();
    await until(() => read(world, "phones").length === 1);
    await idle(house);
    expect(world.phones.performed).toHaveLength(2);
    expect(read(world, "rooms")).toEqual([]);
  });

  test("a mark that Redis may have done and didn't answer is no try: nobody is asked", async () => {
    const house = await opened();
    const free = promise();
    // The first is held, so that the second has to be marked by its adapter, in the moment of the kill.
    world.phones.next(async (_operation, attempt) => {
      await attempt.mark();
      return { kind: "retry", reason: "throttled", scope: "delivery", counts: false, after: 50 };
    });
    world.phones.next(async (_operation, attempt) => {
      const marking = attempt.mark();
      marking.catch(() => undefined);
      await aWhile(20); // Redis has done it; its answer isn't looked at before it is gone
      await world.redis.kill();
      await world.redis.restart();
      free.resolve();
      throw await marking.then(
        () => new Error("a bug of an adapter"),
        (error: unknown) => error,
      );
    });
    await house.say("rooms", "one");
    await free.done;
    await aWhile(500);
    await idle(house);
    expect([...read(world, "phones"), ...read(world, "rooms")].length).toBe(1);
  });

  test("an event that is handed over while it is away waits for it, and is accepted once", async () => {
    const house = await opened();
    await world.redis.kill();
    const said = [1, 2, 3].map((i) => house.say("rooms", `${i}`));
    await aWhile(100);
    await world.redis.restart();
    expect(await Promise.all(said)).toEqual(["accepted", "accepted", "accepted"]);
    await until(() => read(world, "phones").length === 3);
    expect(read(world, "phones")).toEqual(["1", "2", "3"]);
    await idle(house);
  });

  test("random kills under two-way traffic lose nothing, keep the order, and double only what was asked about", async () => {
    const random = createRandom();
    const pairs = 6;
    const house = await opened({ pairs, rooms: { concurrency: 4 }, phones: { concurrency: 4 } });
    const slow = async (ms: number) => aWhile(Math.floor(random.fraction() * ms));
    for (const network of [world.rooms, world.phones])
      network.always(async (operation, attempt, to) => {
        await attempt.mark();
        await slow(6);
        const outcome = await taken(operation, attempt, to);
        await slow(6);
        return outcome;
      });
    const COUNT = 60;
    let running = true;
    const kills = (async () => {
      let count = 0;
      while (running) {
        await slow(250);
        await world.redis.kill();
        await slow(60);
        await world.redis.restart();
        count += 1;
        await until(() => house.pipeline.isOpen, 5_000);
      }
      return count;
    })();
    const talk = Array.from({ length: pairs }, async (_, pair) => {
      for (let i = 0; i < COUNT; i++) {
        await Promise.all([
          insist(house, "rooms", `down ${i}`, pair),
          insist(house, "phones", `up ${i}`, pair),
        ]);
        await slow(20);
      }
    });
    await Promise.all(talk);
    running = false;
    expect(await kills).toBeGreaterThan(2);
    await idle(house, 15_000);
    for (let pair = 0; pair < pairs; pair++) {
      const up = read(world, "rooms", pair).filter((text) => text.startsWith("up"));
      expect(up).toEqual(Array.from({ length: COUNT }, (_, i) => `up ${i}`));
      expect(read(world, "phones", pair)).toEqual(Array.from({ length: COUNT }, (_, i) => `down ${i}`));
      expect(read(world, "rooms", pair).filter((text) => !text.startsWith("up"))).toEqual([]);
    }
    expect([house.gate.rooms.inFlight, house.gate.phones.inFlight]).toEqual([0, 0]);
  }, 40_000);
});

describe("a successor", () => {
  test("takes over from a process that vanished: everything arrives, in order, once where ids are recognised", async () => {
    const first = await opened({ pairs: 3, phones: { repeatSafe: 3_600_000 } });
    const never = new Promise<void>(() => undefined);
    world.phones.next(heldUntil(never), isText, 3);
    for (let pair = 0; pair < 3; pair++)
      for (let i = 0; i < 5; i++) await first.say("rooms", `${i}`, { pair });
    await until(() => world.phones.performed.length === 3);
    const second = await world.open();
    await until(() => world.phones.shown.length === 15);
    await idle(second);
    for (let pair = 0; pair < 3; pair++)
      expect(read(world, "phones", pair)).toEqual(["0", "1", "2", "3", "4"]);
  });

  test("asks about what was on its way where ids aren't recognised, and sends nothing of it by itself", async () => {
    const first = await opened();
    world.phones.next(heldUntil(new Promise<void>(() => undefined)));
    await first.say("rooms", "one");
    await first.say("rooms", "two");
    await until(() => world.phones.performed.length === 1);
    const second = await world.open();
    await until(() => read(world, "rooms").length === 1 && read(world, "phones").length === 1);
    await idle(second);
    expect(read(world, "rooms")).toEqual([question]);
    expect(read(world, "phones")).toEqual(["two"]);
  });

  test("what the old process does under its old fences changes nothing", async () => {
    const first = await opened({ phones: { repeatSafe: 3_600_000 } });
    const free = promise();
    world.phones.next(heldUntil(free.done));
    await first.say("rooms", "one");
    await first.say("rooms", "two");
    await until(() => world.phones.performed.length === 1);
    const second = await world.open();
    await until(() => read(world, "phones").length === 2);
    free.resolve(); // the old one's try ends now
    await aWhile(200);
    await second.say("rooms", "three");
    await until(() => read(world, "phones").length === 3);
    await idle(second);
    expect(read(world, "phones")).toEqual(["one", "two", "three"]);
    expect(first.pipeline.legs.size).toBe(0);
    expect(first.gate.phones.inFlight).toBe(0);
  });

  test("a text that an old process still accepts isn't lost", async () => {
    const first = await opened();
    const second = await world.open();
    await first.say("rooms", "to the old one");
    await second.say("rooms", "to the new one");
    await until(() => read(world, "phones").length === 2);
    expect(read(world, "phones").toSorted()).toEqual(["to the new one", "to the old one"]);
    await idle(second);
  });

  test("a process whose accounts were taken over notices it", async () => {
    const { skippingClock } = await import("../support/skipping-clock.ts");
    const clock = skippingClock();
    const first = await opened({ clock });
    const second = await world.open();
    clock.skip(6_000);
    await until(() => first.lost.length === 2);
    expect(second.lost).toEqual([]);
  });
});

// Processes that vanish at random moments of two-way traffic, on the real clock; each has a successor on the same Redis.

import { afterEach, describe, expect, test } from "vitest";
import { createRandom } from "../../src/observe/random.ts";
import { KeyNotReady } from "../../src/privacy/errors.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";
import { answers, taken } from "../support/scripted-account.ts";
import {
  aWhile,
  openWorld,
  PHONES,
  read,
  ready,
  type Side,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";

let world: World;
afterEach(() => world.close());

interface Vanishing {
  readonly connection: Connection;
  /** From now on no call is made and none is answered. */
  vanish(): void;
}

function vanishing(inner: Connection): Vanishing {
  let gone = false;
  const down: (() => void)[] = [];
  const alive = <T>(call: () => Promise<T>): Promise<T> => {
    if (gone) return Promise.reject(new StoreAway("vanished"));
    return call().then(
      (reply) => (gone ? new Promise<T>(() => undefined) : reply),
      (error: unknown) => {
        if (gone) return new Promise<T>(() => undefined);
        throw error;
      },
    );
  };
  return {
    connection: {
      call: (script, names, args) => alive(() => inner.call(script, names, args)),
      command: (name, ...args) => alive(() => inner.command(name, ...args)),
      get servers() {
        return inner.servers;
      },
      get up() {
        return !gone;
      },
      onDown: (listener) => down.push(listener),
      onUp: () => undefined,
      flush: () => inner.flush(),
      close: async () => undefined,
      stats: inner.stats,
    },
    vanish: () => {
      gone = true;
      for (const listener of down) listener();
    },
  };
}

describe("processes that vanish at random moments", () => {
  test("lose nothing, keep the order, double nothing where ids are recognised, and ask where they aren't", async () => {
    const random = createRandom();
    const [PAIRS, COUNT, LIVES] = [4, 60, 8];
    world = await openWorld({ pairs: PAIRS, rooms: { concurrency: 4 }, phones: { concurrency: 4 } });
    const slow = (ms: number) => aWhile(Math.floor(random.fraction() * ms));
    for (const network of [world.rooms, world.phones])
      network.always(async (operation, attempt, to) => {
        await attempt.mark();
        await slow(8);
        const outcome = await taken(operation, attempt, to);
        await slow(8);
        return outcome;
      });
    let life: Vanishing | undefined;
    const begin = () =>
      world.open((connection) => {
        life = vanishing(connection);
        return life.connection;
      });
    let house: TestHouse = await begin();
    await ready(world);
    let talking = PAIRS * 2;
    const speak = async (side: Side, pair: number): Promise<void> => {
      for (let i = 0; i < COUNT; ) {
        const id = `${side}-${pair}-${i}`;
        const said = house.say(side, `text ${i}`, { pair, id }).then(
          () => true,
          () => false,
        );
        if (await Promise.race([said, aWhile(400).then(() => false)])) i += 1;
        await slow(12);
      }
      talking -= 1;
    };
    const talk = Array.from({ length: PAIRS }, (_, pair) => [
      speak("rooms", pair),
      speak("phones", pair),
    ]).flat();
    let lives = 0;
    for (; lives < LIVES && talking > 0; lives++) {
      await slow(250);
      life?.vanish();
      house.pipeline.legs.abort();
      house = await begin();
    }
    await Promise.all(talk);
    await until(
      () => house.pipeline.legs.size === 0 && house.pipeline.lanes.size === 0 && house.pipeline.isOpen,
      10_000,
    );
    expect(lives).toBeGreaterThan(2);
    const all = Array.from({ length: COUNT }, (_, i) => `text ${i}`);
    for (let pair = 0; pair < PAIRS; pair++) {
      expect(read(world, "rooms", pair).filter((text) => text.startsWith("text"))).toEqual(all);
      const asked = read(world, "rooms", pair).filter((text) =>
        text.startsWith("Maybe not delivered"),
      ).length;
      const arrived = read(world, "phones", pair);
      expect(arrived).toEqual(all.filter((text) => arrived.includes(text)));
      expect(all.length - arrived.length).toBeLessThanOrEqual(asked);
    }
    expect([house.gate.rooms.inFlight, house.gate.phones.inFlight]).toEqual([0, 0]);
  }, 40_000);
});

describe("a leg that is ours", () => {
  test("isn't claimed from Redis while it rests here", async () => {
    world = await openWorld();
    const house = await world.open();
    await ready(world);
    world.phones.next(
      answers({ kind: "retry", reason: "throttled", scope: "delivery", counts: false, after: 50 }),
    );
    world.phones.next(async (operation, attempt, network) => {
      // The rest is over, and nothing is marked: a sweep that comes now must not take it from under our feet.
      const fence = house.house.fences.next();
      expect(await house.house.legs.claim(PHONES, fence, 10, false)).toEqual([]);
      return taken(operation, attempt, network);
    });
    await house.say("rooms", "one");
    await until(() => read(world, "phones").length === 1);
    expect(world.phones.performed).toHaveLength(2);
  });

  test("gives its place back when a key isn't ready at the moment of its commit", async () => {
    world = await openWorld();
    const house = await world.open();
    await ready(world);
    const { vault } = house.house.store;
    const seal = vault.sealFor.bind(vault);
    let failures = 0;
    vault.sealFor = (ttl, type, name, plain) => {
      if (type === "delivery" && failures < 3) {
        failures += 1;
        throw new KeyNotReady("records of 24h");
      }
      return seal(ttl, type, name, plain);
    };
    await house.say("rooms", "one").catch(() => undefined);
    await until(() => failures > 0);
    await aWhile(50);
    expect(house.gate.phones.inFlight).toBe(0);
  });
});

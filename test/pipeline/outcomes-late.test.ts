// Time is put forward where hours are needed (skipping-clock.ts): rests, deadlines, notices and questions follow it. Leases,
// due times and the `markedAt` of a delivery are by Redis' TIME, which stays real.

import { afterEach, describe, expect, test } from "vitest";
import { timeOfDay } from "../../src/model/texts.ts";
import { HOUR, MINUTE } from "../../src/model/time.ts";
import { answers } from "../support/scripted-account.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import {
  aWhile,
  openWorld,
  PHONES,
  read,
  ready,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";
import type { WorldOptions } from "../support/world-options.ts";
import { givenUp, idle, retry } from "./outcomes.ts";

let world: World;
let clock: SkippingClock;
const opened = async (options: WorldOptions = {}): Promise<TestHouse> => {
  clock = skippingClock();
  world = await openWorld({ clock, ...options });
  const house = await world.open();
  await ready(world);
  return house;
};
/** Hours go by in steps in which the keys of the next period are made, as the sweeper does each minute. */
const pass = async (house: TestHouse, span: number): Promise<void> => {
  for (let left = span; left > 0; left -= 30 * MINUTE) {
    clock.skip(Math.min(left, 30 * MINUTE));
    await house.keyring.prepare();
  }
};
afterEach(() => world.close());

describe("a text that is late", () => {
  const away = { kind: "disconnected", reason: "not-connected" } as const;

  test("is spoken of once for an outage, after the first notice's time, and arrives after it", async () => {
    const house = await opened();
    house.account.phones.host.report(away);
    await house.say("rooms", "one");
    await house.say("rooms", "two");
    await aWhile(50);
    clock.skip(4 * MINUTE);
    await aWhile(100);
    expect(read(world, "rooms")).toEqual([]);
    const until20 = timeOfDay(clock.now() - 4 * MINUTE + 20 * HOUR, clock.now(), "UTC");
    clock.skip(2 * MINUTE);
    await until(() => read(world, "rooms").length === 1);
    expect(read(world, "rooms")[0]).toMatch(
      /^Not delivered to Amber Fox 0: their network is away\. We'll try until \d\d:\d\d(?: tomorrow)?\.$/,
    );
    expect(read(world, "rooms")[0]).toContain(until20);
    for (let i = 0; i < 5; i++) {
      await pass(house, HOUR);
      await aWhile(30);
    }
    expect(read(world, "rooms")).toHaveLength(1);
    house.account.phones.host.report({ kind: "connected" });
    await until(() => read(world, "phones").length === 2);
    house.account.phones.host.report(away);
    await house.say("rooms", "three");
    await aWhile(50);
    clock.skip(6 * MINUTE);
    await until(() => read(world, "rooms").length === 2);
    house.account.phones.host.report({ kind: "connected" });
    await until(() => read(world, "phones").length === 3);
    await idle(house);
  });

  test("is spoken of also when it fails by itself again and again", async () => {
    const house = await opened({ delivery: { longestRetry: 30 } });
    world.phones.always(answers(retry("delivery", false)));
    await house.say("rooms", "one");
    await until(() => world.phones.performed.length > 2);
    clock.skip(6 * MINUTE);
    await until(() => read(world, "rooms").length === 1);
    await aWhile(150);
    expect(read(world, "rooms")).toHaveLength(1);
    world.phones.clear();
    await until(() => read(world, "phones").length === 1);
  });

  test("is given up at its deadline, and its sender is told once", async () => {
    const house = await opened();
    house.account.phones.host.report(away);
    await house.say("rooms", "one");
    await house.say("rooms", "two");
    await aWhile(50);
    await pass(house, 20 * HOUR + MINUTE);
    const told = () => read(world, "rooms").filter((text) => text === givenUp).length;
    await until(() => told() === 2);
    await idle(house);
    house.account.phones.host.report({ kind: "connected" });
    await house.say("rooms", "three");
    await until(() => read(world, "phones").length === 1);
    expect(read(world, "phones")).toEqual(["three"]);
    expect(house.house.counters.of("footbridge_deliveries_expired_total", PHONES)).toBe(2);
    expect(told()).toBe(2);
  });

  test("is given up at its deadline also when it was tried all the time", async () => {
    const house = await opened({ delivery: { longestRetry: 30 } });
    world.phones.always(answers(retry("delivery", false)));
    await house.say("rooms", "one");
    await until(() => world.phones.performed.length > 2);
    await pass(house, 20 * HOUR + MINUTE);
    await until(() => read(world, "rooms").includes(givenUp));
    const tried = world.phones.performed.length;
    await aWhile(150);
    expect(world.phones.performed.length).toBe(tried);
    await idle(house);
  });
});

// Receipts wait by the house's clock, which is put forward here.

import { afterEach, describe, expect, test } from "vitest";
import type { ReceiptStatus } from "../../src/adapter/event.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { SECOND } from "../../src/model/time.ts";
import { keys } from "../../src/store/keys.ts";
import { heldUntil } from "../support/scripted-account.ts";
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

let world: World;
let clock: SkippingClock;
const opened = async (): Promise<TestHouse> => {
  clock = skippingClock();
  world = await openWorld({ clock });
  const house = await world.open();
  await ready(world);
  return house;
};
afterEach(() => world.close());

const receipt = (house: TestHouse, ref: string, status: ReceiptStatus) =>
  house.say("phones", "", { body: { kind: "status", targets: [sensitive(ref)], status } });
const counted = (house: TestHouse) => {
  const { counters } = house.house;
  return {
    receipts: counters.of("footbridge_receipts_total", PHONES),
    unmatchedReceipts: counters.of("footbridge_receipts_unmatched_total", PHONES),
  };
};
const waiting = async (house: TestHouse) =>
  Number(await house.connection.command("HLEN", keys.receipts(PHONES)));
/** The ref that the scripted network gives to its first text. */
const refOf = (id: string, nth: number) => `ref-canary-${id}-${nth}`;

describe("a receipt", () => {
  test("is merged when its message's outcome is known, and nothing of it is left waiting", async () => {
    const house = await opened();
    await house.say("rooms", "one");
    await until(() => read(world, "phones").length === 1 && house.pipeline.legs.size === 0);
    const id = world.phones.shown[0]?.id ?? "";
    expect(await receipt(house, refOf(id, 0), "delivered")).toBe("accepted");
    await until(() => counted(house).receipts === 1);
    await receipt(house, refOf(id, 0), "read");
    await receipt(house, refOf(id, 0), "delivered");
    await until(() => counted(house).receipts === 3);
    await until(async () => (await waiting(house)) === 0);
    expect(counted(house).unmatchedReceipts).toBe(0);
    expect(world.rooms.shown).toEqual([]);
  });

  test("that comes before its message's outcome waits for it", async () => {
    const house = await opened();
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    world.phones.next(heldUntil(held));
    await house.say("rooms", "one");
    await until(() => world.phones.performed.length === 1);
    const id = world.phones.performed[0]?.operation.id ?? "";
    await receipt(house, refOf(id, 0), "delivered");
    await aWhile(50);
    expect(counted(house)).toEqual({ receipts: 0, unmatchedReceipts: 0 });
    free();
    await until(() => read(world, "phones").length === 1 && house.pipeline.legs.size === 0);
    clock.skip(3 * SECOND);
    await until(() => counted(house).receipts === 1);
    expect(await waiting(house)).toBe(0);
  });

  test("about something unknown is dropped after 30 seconds", async () => {
    const house = await opened();
    await receipt(house, "ref-canary-of-nothing", "delivered");
    clock.skip(25 * SECOND);
    await aWhile(100);
    expect(await waiting(house)).toBe(1);
    clock.skip(8 * SECOND);
    await until(async () => (await waiting(house)) === 0);
    expect(counted(house)).toEqual({ receipts: 0, unmatchedReceipts: 1 });
  });

  test("that was accepted isn't lost over a restart of Redis and of the daemon", async () => {
    const house = await opened();
    await house.say("rooms", "one");
    await until(() => read(world, "phones").length === 1 && house.pipeline.legs.size === 0);
    const id = world.phones.shown[0]?.id ?? "";
    const { kick } = house.pipeline.receipts;
    house.pipeline.receipts.kick = () => undefined; // it dies before it looks
    await receipt(house, refOf(id, 0), "delivered");
    house.pipeline.receipts.kick = kick;
    await world.redis.restart();
    const second = await world.open();
    await until(() => counted(second).receipts + counted(house).receipts >= 1);
    await until(async () => (await waiting(second)) === 0);
  });
});

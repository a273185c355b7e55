// Events that can't be worked on, and those beside them in their lane.

import { afterEach, describe, expect, test, vi } from "vitest";
import { MINUTE, SECOND } from "../../src/model/time.ts";
import { skippingClock } from "../support/skipping-clock.ts";
import { openWorld, ROOMS, read, ready, type TestHouse, until, type World } from "../support/test-house.ts";

let world: World;
afterEach(() => world.close());

const clock = skippingClock();
const opened = async (): Promise<TestHouse> => {
  world = await openWorld({ clock });
  const house = await world.open();
  await ready(world);
  return house;
};

/** Nothing is decided until what this returns is called; what comes in is accepted. */
function hold({ house }: TestHouse): () => void {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  void house.pause.hold(clock, MINUTE, () => held);
  return release;
}

/** What is decided from now on fails `times` times; `last` is called as it fails for the last time. */
function fail({ house }: TestHouse, times: number, last: () => void = () => undefined): void {
  const fault = vi.spyOn(house.cache, "peekLeg");
  let left = times;
  fault.mockImplementation(() => {
    left -= 1;
    if (left === 0) {
      fault.mockRestore();
      last();
    }
    throw new Error("a fault of ours");
  });
}

/** After so many tries an event is buried. */
const TRIES = 5;

/** Time goes by until something is so: an event is tried again after pauses. */
async function untilTried(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => {
    clock.skip(SECOND);
    return isSo();
  });
}

/** As the sweeper does it when the leases of lanes ran out: after a sleep of the machine. */
async function claimAnew({ house, pipeline }: TestHouse): Promise<void> {
  const fence = house.fences.next();
  for (const { chat, attempts } of await house.lanes.claim(ROOMS, fence, 16, true))
    pipeline.lanes.claimed({ account: ROOMS, chat }, fence, attempts);
}

/** Makes an event one that fails each time, until it is buried; says its id. */
async function bury(house: TestHouse, text: string): Promise<string> {
  const release = hold(house);
  await house.say("rooms", text);
  fail(house, TRIES);
  release();
  await untilTried(async () => (await house.buried.list()).length === 1);
  await until(() => house.pipeline.lanes.size === 0);
  const [item] = await house.buried.list();
  return item?.id ?? "";
}

describe("a buried event that the operator puts back", () => {
  test("is worked on, as are those that come while its lane is at work", async () => {
    const house = await opened();
    const id = await bury(house, "kept");
    const release = hold(house);
    await house.say("rooms", "one");
    expect(await house.buried.retry(id)).toBe(true);
    await house.say("rooms", "two");
    release();
    await until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
    expect(read(world, "phones")).toEqual(["one", "kept", "two"]);
  });
});

describe("a lane whose head is buried", () => {
  test("keeps it, and the order, when it was claimed anew in the same moment", async () => {
    const house = await opened();
    const release = hold(house);
    await house.say("rooms", "one");
    await house.say("rooms", "two");
    let claimed: Promise<void> = Promise.resolve();
    fail(house, TRIES, () => {
      claimed = claimAnew(house);
    });
    release();
    await untilTried(() => read(world, "phones").includes("two"));
    await claimed;
    expect(read(world, "phones")).toEqual(["one", "two"]);
    expect(await house.buried.list()).toEqual([]);
  });

  test("is ours when the next event is accepted in the same moment, and so are those behind that", async () => {
    const house = await opened();
    const { lanes } = house.house;
    const release = hold(house);
    await house.say("rooms", "one");
    fail(house, TRIES);
    const burying = vi.spyOn(lanes, "bury");
    let said: Promise<unknown> = Promise.resolve();
    burying.mockImplementationOnce((...args) => {
      burying.mockRestore();
      const left = lanes.bury(...args);
      said = house.say("rooms", "two");
      return left;
    });
    release();
    await untilTried(() => read(world, "phones").includes("two"));
    await said;
    await house.say("rooms", "three");
    await until(() => read(world, "phones").length === 2);
    expect(read(world, "phones")).toEqual(["two", "three"]);
  });
});

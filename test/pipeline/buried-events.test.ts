// Events that can't be worked on, and those beside them in their lane.

import { afterEach, describe, expect, test, vi } from "vitest";
import { MINUTE, SECOND } from "../../src/model/time.ts";
import { skippingClock } from "../support/skipping-clock.ts";
import { openWorld, read, ready, type TestHouse, until, type World } from "../support/test-house.ts";

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

/** Makes an event one that fails each time, until it is buried; says its id. */
async function bury(house: TestHouse, text: string): Promise<string> {
  const release = hold(house);
  await house.say("rooms", text);
  const fault = vi.spyOn(house.house.cache, "peekLeg").mockImplementation(() => {
    throw new Error("a fault of ours");
  });
  release();
  await until(async () => {
    clock.skip(SECOND);
    return (await house.buried.list()).length === 1;
  });
  fault.mockRestore();
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

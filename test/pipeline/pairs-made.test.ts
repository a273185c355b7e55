// A daemon that is killed at each of its calls to Redis in turn, on the real clock.

import { afterEach, describe, expect, test } from "vitest";
import { StoreAway } from "../../src/store/redis/errors.ts";
import { dyingConnection } from "../store/fixture.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import { end, openWorld, read, ready, type TestHouse, until, type World } from "../support/test-house.ts";

let world: World;
let clock: SkippingClock;
afterEach(() => world.close());

const openOnes = async ({ house }: TestHouse) => {
  const all = await Promise.all(
    (await house.conversations.pairs()).map((id) => house.conversations.load(id)),
  );
  return all.filter((each) => each?.record.open === true);
};
const idle = (house: TestHouse) =>
  until(() => house.pipeline.legs.size === 0 && house.pipeline.lanes.size === 0);

describe("a pair of the config", () => {
  test.each([
    ["not done", false],
    ["done", true],
  ])("is made once also when the daemon dies at any step, that step %s", async (_, doneStill) => {
    clock = skippingClock();
    world = await openWorld({ clock });
    let calls = 1;
    for (; ; calls++) {
      await world.rooms.opened.clear();
      let survived: TestHouse | undefined;
      try {
        survived = await world.open((connection) => dyingConnection(connection, calls, doneStill));
      } catch (error) {
        expect(error).toBeInstanceOf(StoreAway);
      }
      const house = await world.open();
      await ready(world);
      expect(await openOnes(house)).toHaveLength(1);
      await house.say("phones", `after ${calls}`);
      await until(() => read(world, "rooms").length === 1);
      await idle(house);
      await house.connection.command("FLUSHALL");
      await end(house);
      if (survived !== undefined) break;
    }
    expect(calls).toBeGreaterThan(10);
  });
});

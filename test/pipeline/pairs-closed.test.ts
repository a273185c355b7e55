// A daemon that is killed at each of its calls to Redis in turn, on the real clock.

import { afterEach, describe, expect, test } from "vitest";
import { sensitive } from "../../src/model/sensitive.ts";
import type { Pair } from "../../src/pipeline/pairs.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";
import { dyingConnection } from "../store/fixture.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import {
  addressOf,
  end,
  openWorld,
  pairOf,
  portalOf,
  ready,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";

let world: World;
let clock: SkippingClock;
afterEach(() => world.close());

const ended = "This conversation has ended.";
const openOnes = async ({ house }: TestHouse) => {
  const all = await Promise.all(
    (await house.conversations.pairs()).map((id) => house.conversations.load(id)),
  );
  return all.filter((each) => each?.record.open === true);
};
const idle = (house: TestHouse) =>
  until(() => house.pipeline.legs.size === 0 && house.pipeline.lanes.size === 0);
/** The same phone and number with somebody else. */
function otherParty(): Pair {
  const [rooms, phones] = pairOf(0);
  return [{ ...rooms, address: sensitive("@other.canary:example.org") }, phones];
}

describe("a pair that was taken out of the config", () => {
  test.each([
    ["not done", false],
    ["done", true],
  ])(
    "is closed, and can be put in again, also when the daemon dies at any step, that step %s",
    async (_, doneStill) => {
      clock = skippingClock();
      world = await openWorld({ clock });
      for (let calls = 1; ; calls++) {
        world.rooms.opened.clear();
        world.pairs = [pairOf(0)];
        const first = await world.open();
        await ready(world);
        await idle(first);
        await end(first);
        world.pairs = [];
        const shown = world.phones.shown.length;
        let survived = true;
        await world
          .open((connection) => dyingConnection(connection, calls, doneStill))
          .catch((error: unknown) => {
            expect(error).toBeInstanceOf(StoreAway);
            survived = false;
          });
        const second = await world.open();
        await until(() => world.phones.shown.length > shown);
        await idle(second);
        expect(await openOnes(second)).toHaveLength(0);
        expect(world.phones.shown.slice(shown).map(({ text }) => text)).toEqual([ended]);
        await end(second);
        world.pairs = [otherParty()];
        await expect(world.open()).rejects.toThrow(/until lately/);
        world.rooms.opened.clear();
        world.pairs = [pairOf(0)];
        const third = await world.open();
        await ready(world);
        await third.say("phones", `again ${calls}`);
        await until(() => world.rooms.texts(portalOf(world, "rooms")).includes(`again ${calls}`));
        await idle(third);
        await third.connection.command("FLUSHALL");
        await end(third);
        if (survived) break;
      }
      expect(addressOf("rooms", 0)).toContain("canary");
    },
  );
});

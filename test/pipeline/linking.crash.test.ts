import { afterEach, describe, expect, test } from "vitest";
import { openWorld, ready, type TestHouse, until, type World } from "../support/test-house.ts";
import { ask, codeAt, type Desk, meet, phoneDesk, roomDesk, saidAt, UNHURRIED } from "./linking.ts";
import { dieWhile } from "./mortal.ts";

let world: World;
afterEach(() => world.close());

const user: Desk = roomDesk("@leo.canary:example.org");
const SELLER = "@ana.canary:example.org";
/** How many calls of Redis apart the deaths are, and how many there are. */
const [APART, DEATHS] = [4, 16];

async function end(house: TestHouse): Promise<void> {
  house.pipeline.legs.abort();
  await house.stop();
}

describe("a daemon that is killed", () => {
  test("at any step of linking and of unlinking finishes it: each side is told once, and what is written arrives", async () => {
    world = await openWorld({ limits: UNHURRIED });
    let house = await world.open();
    await ready(world);
    for (let i = 0; i < DEATHS; i++) {
      const at = 1 + i * APART;
      const guest = phoneDesk(`+3519120000${String(i).padStart(2, "0")}`);
      const { room, portal } = await meet(house, SELLER, guest.from);
      await ask(world, house, guest, await codeAt(world, house, user));
      const asked = saidAt(world, user).length;
      await ask(world, house, guest, "1");
      await until(() => saidAt(world, user).length > asked);
      await end(house);
      const [here, there] = [saidAt(world, user).length, saidAt(world, guest).length];
      const linked = () => saidAt(world, user).length > here && saidAt(world, guest).length > there;
      house = await dieWhile(world, user, "1", at, linked);
      expect(
        [saidAt(world, user).at(-1), saidAt(world, guest).at(-1)].map((text) => text?.slice(0, 7)),
      ).toEqual(["Linked:", "Linked:"]);
      await house.say("rooms", "down", { chat: room, from: SELLER });
      await until(() => world.phones.texts(portal).includes("down"));
      await end(house);
      const before = [saidAt(world, user).length, saidAt(world, guest).length] as const;
      const unlinked = () =>
        saidAt(world, user).length > before[0] && saidAt(world, guest).length > before[1];
      house = await dieWhile(world, user, "unlink sms", at, unlinked);
      expect(saidAt(world, user).at(-1)).toMatch(/^Unlinked\. /);
      expect(saidAt(world, guest).at(-1)).toMatch(/^Unlinked by/);
      expect(saidAt(world, user).length).toBe(before[0] + 1);
      expect(saidAt(world, guest).length).toBe(before[1] + 1);
      await until(() => world.rooms.texts(room).includes("This conversation has ended."));
      expect(world.rooms.texts(room)).toHaveLength(1);
      expect(world.phones.texts(portal)).toEqual(["down"]);
    }
  }, 60_000);
});

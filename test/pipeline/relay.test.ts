import { afterEach, describe, expect, test } from "vitest";
import { heldUntil, isKind, isText, taken } from "../support/scripted-account.ts";
import { aWhile, openWorld, portalOf, read, ready, until, type World } from "../support/test-house.ts";
import type { WorldOptions } from "../support/world-options.ts";

let world: World;
const opened = async (options: WorldOptions = {}) => {
  world = await openWorld(options);
  const house = await world.open();
  await ready(world);
  return house;
};
afterEach(() => world.close());

describe("what a participant writes", () => {
  test("a text arrives on the other side, each way, in the order in which it was written", async () => {
    const house = await opened();
    for (let i = 0; i < 5; i++) {
      await house.say("rooms", `down ${i}`);
      await house.say("phones", `up ${i}`);
    }
    await until(() => read(world, "phones").length === 5 && read(world, "rooms").length === 5);
    expect(read(world, "phones")).toEqual([0, 1, 2, 3, 4].map((i) => `down ${i}`));
    expect(read(world, "rooms")).toEqual([0, 1, 2, 3, 4].map((i) => `up ${i}`));
    await until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
    expect([house.gate.rooms.inFlight, house.gate.phones.inFlight]).toEqual([0, 0]);
  });

  test("1,000 texts in bursts over 10 conversations keep their order and come once", async () => {
    const house = await opened({ pairs: 10 });
    const bursts: Promise<unknown>[] = [];
    for (let i = 0; i < 100; i++)
      for (let pair = 0; pair < 10; pair++)
        bursts.push(house.say(pair % 2 === 0 ? "rooms" : "phones", `${pair}: ${i}`, { pair }));
    await Promise.all(bursts);
    await until(() => world.rooms.shown.length + world.phones.shown.length === 1_000);
    await aWhile(50);
    for (let pair = 0; pair < 10; pair++) {
      const texts = read(world, pair % 2 === 0 ? "phones" : "rooms", pair);
      expect(texts).toEqual(Array.from({ length: 100 }, (_, i) => `${pair}: ${i}`));
    }
    await until(() => house.pipeline.legs.size === 0);
    expect([house.gate.rooms.inFlight, house.gate.phones.inFlight]).toEqual([0, 0]);
  });

  test("the portal is opened before the first send", async () => {
    world = await openWorld();
    let open: () => void = () => undefined;
    world.rooms.next(
      heldUntil(
        new Promise<void>((resolve) => {
          open = resolve;
        }),
      ),
      isKind("openPortal"),
    );
    const house = await world.open();
    await house.say("phones", "first");
    await aWhile(100);
    expect(world.rooms.kinds).toEqual(["openPortal"]);
    open();
    await until(() => world.rooms.shown.length === 1);
    expect(world.rooms.kinds).toEqual(["openPortal", "send"]);
    expect(read(world, "rooms")).toEqual(["first"]);
  });

  test("a leg that is stuck doesn't hold up others", async () => {
    const house = await opened({ pairs: 2, phones: { concurrency: 2 } });
    let free: () => void = () => undefined;
    world.phones.next(
      heldUntil(
        new Promise<void>((resolve) => {
          free = resolve;
        }),
      ),
      (operation) =>
        isText(operation) &&
        operation.kind === "send" &&
        operation.portal.expose() === portalOf(world, "phones", 0),
    );
    await house.say("rooms", "stuck", { pair: 0 });
    await house.say("rooms", "behind", { pair: 0 });
    for (let i = 0; i < 5; i++) await house.say("rooms", `free ${i}`, { pair: 1 });
    await until(() => read(world, "phones", 1).length === 5);
    expect(read(world, "phones", 0)).toEqual([]);
    free();
    await until(() => read(world, "phones", 0).length === 2);
    expect(read(world, "phones", 0)).toEqual(["stuck", "behind"]);
  });

  test("never more operations are under way than the account can take", async () => {
    const house = await opened({ pairs: 6, phones: { concurrency: 3 } });
    world.phones.always(async (operation, attempt, network) => {
      await aWhile(2);
      return taken(operation, attempt, network);
    });
    const said = Array.from({ length: 120 }, (_, i) => house.say("rooms", `${i}`, { pair: i % 6 }));
    await Promise.all(said);
    await until(() => world.phones.shown.length === 120);
    expect(world.phones.most).toBe(3);
    await until(() => house.gate.phones.inFlight === 0);
  });
});

import { afterEach, describe, expect, test } from "vitest";
import { heldUntil, taken } from "../support/scripted-account.ts";
import { aWhile, openWorld, read, ready, type TestHouse, until, type World } from "../support/test-house.ts";

let world: World;
const opened = async (): Promise<TestHouse> => {
  world = await openWorld();
  const house = await world.open();
  await ready(world);
  return house;
};
afterEach(() => world.close());

describe("a pipeline that stops", () => {
  test("works off what it can, and leaves nothing under way", async () => {
    const house = await opened();
    world.phones.always(async (operation, attempt, network) => {
      await aWhile(5);
      return taken(operation, attempt, network);
    });
    for (let i = 0; i < 20; i++) await house.say("rooms", `${i}`);
    await house.pipeline.drain();
    await house.stop();
    expect(read(world, "phones")).toHaveLength(20);
    expect(house.gate.phones.inFlight).toBe(0);
  });

  test("begins nothing new while it waits for what is under way; the rest is the next one's", async () => {
    const house = await opened();
    let free: () => void = () => undefined;
    world.phones.next(
      heldUntil(
        new Promise<void>((resolve) => {
          free = resolve;
        }),
      ),
    );
    for (let i = 0; i < 3; i++) await house.say("rooms", `${i}`);
    await until(() => world.phones.performed.length === 1);
    const stopping = house.stop();
    await aWhile(50);
    free();
    await stopping;
    expect(read(world, "phones")).toEqual(["0"]);
    await aWhile(50);
    expect(world.phones.performed).toHaveLength(1);
    const second = await world.open();
    await until(() => read(world, "phones").length === 3);
    expect(read(world, "phones")).toEqual(["0", "1", "2"]);
    expect(read(world, "rooms")).toEqual([]);
    expect(second.gate.phones.inFlight).toBe(0);
  });

  test("a try that hangs ends when it is aborted, and what it did is left open", async () => {
    const house = await opened();
    world.phones.next(heldUntil(new Promise<void>(() => undefined)));
    await house.say("rooms", "hangs");
    await until(() => world.phones.performed.length === 1);
    let over = false;
    const stopping = house.stop().then(() => {
      over = true;
    });
    await aWhile(100);
    expect(over).toBe(false);
    house.pipeline.legs.abort();
    await stopping;
    expect(house.gate.phones.inFlight).toBe(0);
  });

  test("drains also when Redis breaks meanwhile", async () => {
    const house = await opened();
    world.phones.always(async (operation, attempt, network) => {
      await aWhile(5);
      return taken(operation, attempt, network);
    });
    for (let i = 0; i < 20; i++) await house.say("rooms", `${i}`);
    const drained = house.pipeline.drain();
    await world.redis.restart();
    await Promise.race([drained, aWhile(3_000).then(() => expect.fail("it never ended"))]);
    await until(() => read(world, "phones").length === 20);
  });
});

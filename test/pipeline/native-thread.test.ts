// A native thread that we make: who writes there before we know of it, and who has left it.

import { afterEach, beforeEach, expect, test } from "vitest";
import { isKind, takenThenHeldUntil } from "../support/scripted-account.ts";
import { aWhile, openWorld, read, ready, type TestHouse, until, type World } from "../support/test-house.ts";

let world: World;
let house: TestHouse;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const idle = () => until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
const openings = () => world.rooms.kinds.filter((kind) => kind === "openPortal").length;

test("what is written there before the bridge hears that it is open arrives when it has", async () => {
  let heard: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    heard = resolve;
  });
  world.rooms.next(takenThenHeldUntil(held), isKind("openPortal"));
  house = await world.open();
  await ready(world);
  await house.say("rooms", "the room is there already");
  await aWhile();
  expect(read(world, "phones")).toEqual([]);
  heard();
  await until(() => read(world, "phones").length > 0);
  expect(read(world, "phones")).toEqual(["the room is there already"]);
});

test("a room that others made is still none of ours while one is being opened for the same user: it waits, and is left alone", async () => {
  let heard: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    heard = resolve;
  });
  world.rooms.next(takenThenHeldUntil(held), isKind("openPortal"));
  house = await world.open();
  await ready(world);
  await house.say("rooms", "among others", { chat: "!shared-with-leo" });
  await aWhile();
  heard();
  await idle();
  expect(read(world, "phones")).toEqual([]);
  expect(world.rooms.texts("!shared-with-leo")).toEqual([]);
});

test("who has left is asked in again by the next message, once, and reads it there", async () => {
  house = await world.open();
  await ready(world);
  await house.say("rooms", "", { body: { kind: "membership", change: "left" } });
  await idle();
  await house.say("phones", "come back");
  await house.say("phones", "are you there?");
  await until(() => read(world, "rooms").length === 2);
  expect(read(world, "rooms")).toEqual(["come back", "are you there?"]);
  expect(openings()).toBe(2);
});

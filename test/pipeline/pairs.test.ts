// Cool-down is put forward by the skipping clock; everything else is real time.

import { afterEach, describe, expect, test } from "vitest";
import { sensitive } from "../../src/model/sensitive.ts";
import { MINUTE } from "../../src/model/time.ts";
import { type Pair, PairRefused } from "../../src/pipeline/pairs.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import {
  aWhile,
  end,
  openWorld,
  pairOf,
  portalOf,
  read,
  ready,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";
import type { WorldOptions } from "../support/world-options.ts";

let world: World;
let clock: SkippingClock;
const opened = async (options: WorldOptions = {}): Promise<TestHouse> => {
  clock = skippingClock();
  world = await openWorld({ clock, ...options });
  const house = await world.open();
  await ready(world);
  return house;
};
afterEach(() => world.close());

const ended = "This conversation has ended.";
const ids = ({ house }: TestHouse) => house.conversations.pairs();
const openOnes = async ({ house }: TestHouse) => {
  const all = await Promise.all(
    (await house.conversations.pairs()).map((id) => house.conversations.load(id)),
  );
  return all.filter((each) => each?.record.open === true);
};
const idle = (house: TestHouse) =>
  until(() => house.pipeline.legs.size === 0 && house.pipeline.lanes.size === 0);
const restart = async (house: TestHouse): Promise<TestHouse> => {
  await end(house);
  return world.open();
};
/** The same phone and number with somebody else. */
function otherParty(): Pair {
  const [rooms, phones] = pairOf(0);
  return [{ ...rooms, address: sensitive("@other.canary:example.org") }, phones];
}

describe("a pair of the config", () => {
  test("is made once, however often the daemon starts", async () => {
    let house = await opened();
    const [first] = await ids(house);
    for (let i = 0; i < 3; i++) house = await restart(house);
    expect(await ids(house)).toEqual([first]);
    await house.say("rooms", "hello");
    await until(() => read(world, "phones").length === 1);
    expect(world.rooms.kinds.filter((kind) => kind === "openPortal")).toHaveLength(1);
  });

  test("is renamed: the other side's portal shows the new name, and texts go on", async () => {
    const house = await opened();
    const [rooms, phones] = pairOf(0);
    world.pairs = [[rooms, { ...phones, name: "Velvet Otter" }]];
    const second = await restart(house);
    await until(() => world.rooms.kinds.includes("updatePortal"));
    const update = world.rooms.performed.find(({ operation }) => operation.kind === "updatePortal");
    expect(update?.operation).toMatchObject({ profile: { name: "Velvet Otter" } });
    await second.say("phones", "it's me");
    await until(() => read(world, "rooms").length === 1);
    const third = await restart(second);
    await aWhile(100);
    expect(world.rooms.kinds.filter((kind) => kind === "updatePortal")).toHaveLength(1);
    expect(await openOnes(third)).toHaveLength(1);
  });
});

describe("a pair that was taken out of the config", () => {
  test("is closed: both are told once, what waited is cancelled, and who writes there later is told again", async () => {
    const house = await opened();
    house.account.phones.host.report({ kind: "disconnected", reason: "not-connected" });
    await house.say("rooms", "waits");
    await house.say("rooms", "waits too");
    await until(() => house.pipeline.lanes.size === 0);
    const room = portalOf(world, "rooms");
    world.pairs = [];
    const second = await restart(house);
    await until(
      () => world.phones.kinds.includes("closePortal") && world.rooms.kinds.includes("closePortal"),
    );
    await idle(second);
    expect(world.rooms.texts(room)).toEqual([ended]);
    expect(read(world, "phones")).toEqual([ended]);
    const third = await restart(second);
    expect([...world.rooms.shown, ...world.phones.shown].map(({ text }) => text)).toEqual([ended, ended]);
    await third.say("rooms", "anybody there?");
    await until(() => world.rooms.texts(room).length === 2);
    expect(world.rooms.texts(room)).toEqual([ended, ended]);
    expect(read(world, "phones")).toEqual([ended]);
  }, 15_000);

  test("can be put in again for the same two at once", async () => {
    let house = await opened();
    world.pairs = [];
    house = await restart(house);
    await idle(house);
    world.pairs = [pairOf(0)];
    house = await restart(house);
    await until(() => world.rooms.kinds.filter((kind) => kind === "openPortal").length === 2);
    await idle(house);
    await house.say("phones", "back");
    await until(() => read(world, "rooms").includes("back"));
    await house.say("rooms", "welcome");
    await until(() => read(world, "phones").includes("welcome"));
    expect(await openOnes(house)).toHaveLength(1);
  });

  test("cools down: its number is refused to others in a sentence without any address, until 30 days are over", async () => {
    let house = await opened();
    world.pairs = [];
    house = await restart(house);
    await end(house);
    world.pairs = [otherParty()];
    const refused = world.open();
    await expect(refused).rejects.toBeInstanceOf(PairRefused);
    const message = await refused.catch((error: unknown) => String(error));
    expect(message).toContain("pairs[0]: this phone and number were another pair until lately");
    expect(message).not.toMatch(/canary|\+\d/);
    for (let day = 0; day <= 30; day++) clock.skip(24 * 60 * MINUTE);
    const third = await world.open();
    await until(() => world.rooms.opened.has("@other.canary:example.org"));
    expect(await openOnes(third)).toHaveLength(1);
  });

  test("is refused to others also while it is still open", async () => {
    const house = await opened();
    await end(house);
    world.pairs = [otherParty()];
    await expect(world.open()).rejects.toThrow(/belong to a conversation with somebody else/);
  });
});

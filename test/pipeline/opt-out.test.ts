import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  BUYER,
  type Contact,
  contactOf,
  guestReads,
  guestSays,
  ownerReads,
  ownerSays,
} from "../support/contacts.ts";
import { killable } from "../support/killable.ts";
import { heldUntil } from "../support/scripted-account.ts";
import { aWhile, end, openWorld, type TestHouse, until, type World } from "../support/test-house.ts";

const STOPPED = "You won't get texts from this service any more. START to come back.";
const RESUMED = "You get texts from this service again. STOP ends them, HELP for more.";
const UNHEARD = "Not delivered to Amber Fox: they don't take texts now.";

let world: World;
let house: TestHouse;
let bike: Contact;

beforeEach(async () => {
  world = await openWorld({ pairs: 0, phones: { optOutWords: true } });
  house = await world.open();
  bike = await contactOf(house);
});
afterEach(() => world.close());

const idle = () => until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);

async function stop(): Promise<void> {
  await guestSays(house, bike, "STOP");
  await until(() => guestReads(world, bike).includes(STOPPED));
}

describe("STOP", () => {
  test("is confirmed once; nothing comes after it from any number, and who writes is told", async () => {
    const lamp = await contactOf(house, { label: "lamp", number: "+15550100112" });
    await stop();
    await guestSays(house, lamp, "Stop.");
    await ownerSays(house, bike, "still there?");
    await ownerSays(house, lamp, "hello?");
    await until(() => ownerReads(world, bike).length + ownerReads(world, lamp).length === 2);
    await idle();
    expect(world.phones.texts()).toEqual([STOPPED]);
    expect([...ownerReads(world, bike), ...ownerReads(world, lamp)]).toEqual([UNHEARD, UNHEARD]);
  });

  test("takes nothing away from what they write themselves, and isn't passed on", async () => {
    await stop();
    await guestSays(house, bike, "I'm still selling");
    await until(() => ownerReads(world, bike).length === 1);
    expect(ownerReads(world, bike)).toEqual(["I'm still selling"]);
  });

  test("is taken back by START, for the number to which it is texted", async () => {
    await stop();
    await guestSays(house, bike, "start");
    await until(() => guestReads(world, bike).includes(RESUMED));
    await ownerSays(house, bike, "hello");
    await until(() => guestReads(world, bike).length === 3);
    expect(guestReads(world, bike)).toEqual([STOPPED, RESUMED, "hello"]);
    expect(ownerReads(world, bike)).toEqual([]);
  });

  test("leaves HELP answered", async () => {
    await stop();
    await guestSays(house, bike, "HELP");
    await until(() => guestReads(world, bike).length === 2);
    expect(guestReads(world, bike)[1]).toMatch(/\/block/);
  });

  test("is confirmed after what was on its way, and what was queued is told to its sender", async () => {
    let free: () => void = () => undefined;
    world.phones.next(
      heldUntil(
        new Promise<void>((resolve) => {
          free = resolve;
        }),
      ),
    );
    await ownerSays(house, bike, "on its way");
    await until(() => world.phones.performed.length === 1);
    await ownerSays(house, bike, "queued");
    // To another number, where nothing stands before the answer.
    const lamp = await contactOf(house, { label: "lamp", number: "+15550100112" });
    await guestSays(house, lamp, "STOP");
    await aWhile(150);
    expect(world.phones.texts()).toEqual([]);
    free();
    await until(() => ownerReads(world, bike).length === 1);
    await idle();
    expect(world.phones.texts()).toEqual(["on its way", STOPPED]);
    expect(ownerReads(world, bike)).toEqual([UNHEARD]);
  });

  test("means the same at the front door", async () => {
    await end(house);
    await world.close();
    world = await openWorld({ pairs: 0, phones: { optOutWords: true } });
    house = await world.open();
    const chat = `+15550100100 ${BUYER}`;
    for (const text of ["STOP", "stop", "START"]) await house.say("phones", text, { chat, from: BUYER });
    await until(() => world.phones.texts(chat).length === 2);
    expect(world.phones.texts(chat)).toEqual([STOPPED, RESUMED]);
  });
});

describe("killed at any moment of a STOP", () => {
  test.each(Array.from({ length: 16 }, (_, i) => i + 1))(
    "at call %i: it is confirmed once after a restart, and nothing comes after that",
    async (calls) => {
      await end(house);
      const kill = killable();
      house = await world.open(kill.through);
      void ownerSays(house, bike, "before");
      kill.after(calls);
      void guestSays(house, bike, "STOP");
      await aWhile(100);
      house = await world.open();
      await ownerSays(house, bike, "after");
      const settled = () => ownerReads(world, bike).length > 0 || guestReads(world, bike).includes("after");
      await until(settled);
      await idle();
      const read = guestReads(world, bike);
      const confirmed = read.indexOf(STOPPED);
      if (confirmed >= 0) expect(read.slice(confirmed)).toEqual([STOPPED]);
      // "after" was written when the word had been taken in or not at all: it is told, or arrives.
      expect(ownerReads(world, bike).includes(UNHEARD)).toBe(!read.includes("after"));
    },
  );
});

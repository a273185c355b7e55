// Time is put forward where hours are needed (skipping-clock.ts): rests, deadlines, notices and questions follow it. Leases,
// due times and the `markedAt` of a delivery are by Redis' TIME, which stays real.

import { afterEach, describe, expect, test, vi } from "vitest";
import type { Outcome } from "../../src/adapter/operation.ts";
import { LIMITS } from "../../src/model/limits.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { HOUR, MINUTE } from "../../src/model/time.ts";
import { contactOf, guestSays, ownerReads } from "../support/contacts.ts";
import { answers, taken, takenButAnswers } from "../support/scripted-account.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import {
  aWhile,
  nameOf,
  openWorld,
  read,
  ready,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";
import type { WorldOptions } from "../support/world-options.ts";
import { idle, retry } from "./outcomes.ts";

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

describe("a text that may have arrived", () => {
  const unknown: Outcome = { kind: "unknown", reason: "timeout" };
  const question = `Maybe not delivered to ${nameOf("phones", 0)} (their network didn't say). Send again? 1 yes · 2 leave it`;

  test("is sent again under the same id where the network recognises it, and shown once", async () => {
    const house = await opened({ phones: { repeatSafe: HOUR } });
    world.phones.next(
      async (operation, attempt, network) => {
        await taken(operation, attempt, network);
        return unknown;
      },
      undefined,
      3,
    );
    await house.say("rooms", "one");
    await house.say("rooms", "two");
    await until(() => read(world, "phones").length === 2);
    expect(read(world, "phones")).toEqual(["one", "two"]);
    expect(world.phones.performed).toHaveLength(5);
    expect(new Set(world.phones.performed.map(({ operation }) => operation.id)).size).toBe(2);
    await idle(house);
    expect(read(world, "rooms")).toEqual([]);
  });

  test("is parked where it doesn't, and its sender is asked; those behind it go on", async () => {
    const house = await opened();
    world.phones.next(answers(unknown));
    await house.say("rooms", "one");
    await house.say("rooms", "two");
    await until(() => read(world, "rooms").length === 1 && read(world, "phones").length === 1);
    expect(read(world, "rooms")).toEqual([question]);
    expect(read(world, "phones")).toEqual(["two"]);
    expect(await house.house.legs.countKept("parked")).toBe(1);
    await idle(house);
  });

  test("doesn't turn around those behind it, though each question changes the conversation in which they are decided", async () => {
    world = await openWorld({
      pairs: 0,
      rooms: { repeatSafe: 0 },
      limits: { messages: { ...LIMITS.messages, budget: 1_000 } },
    });
    const house = await world.open();
    const bike = await contactOf(house);
    const isAsked = (text: string): boolean => text.endsWith("0");
    world.rooms.always((operation, attempt, network) => {
      const { text } =
        operation.kind === "send" && operation.content.kind === "text" ? operation.content : { text: "" };
      return isAsked(text)
        ? answers(unknown)(operation, attempt, network)
        : taken(operation, attempt, network);
    });
    const texts = Array.from({ length: 300 }, (_, i) => `text ${i}`);
    // Some come alone, some in bursts: between the looks at limits there is time for the answer to another commit.
    const said: Promise<unknown>[] = [];
    for (const [i, text] of texts.entries()) {
      said.push(guestSays(house, bike, text));
      if (i % 13 === 0) await aWhile(i % 7);
    }
    await Promise.all(said);
    const others = texts.filter((text) => !isAsked(text));
    await until(() => ownerReads(world, bike).length === others.length);
    expect(ownerReads(world, bike)).toEqual(others);
    await idle(house);
  });

  test("is sent again when its sender answers 1", async () => {
    const house = await opened();
    world.phones.next(answers(unknown));
    await house.say("rooms", "one");
    await until(() => read(world, "rooms").length === 1);
    await house.say("rooms", " 1 ");
    await until(() => read(world, "phones").length === 1);
    expect(read(world, "phones")).toEqual(["one"]);
    await idle(house);
    await house.say("rooms", "1");
    await until(() => read(world, "phones").length === 2);
    expect(read(world, "phones")).toEqual(["one", "1"]);
  });

  test("is what an answer was for, though another text turns out to be one in the same moment", async () => {
    const house = await opened();
    let free: () => void = () => undefined;
    const freed = new Promise<void>((resolve) => {
      free = resolve;
    });
    world.phones.next(answers(unknown));
    world.phones.next(async (operation, attempt, network) => {
      await takenButAnswers(unknown)(operation, attempt, network);
      await freed;
      return unknown;
    });
    await house.say("rooms", "one");
    await house.say("rooms", "two");
    await until(() => read(world, "rooms").length === 1 && read(world, "phones").length === 1);
    const { legs } = house.house;
    const reviving = vi.spyOn(legs, "revive");
    reviving.mockImplementationOnce(async (...args) => {
      reviving.mockRestore();
      const done = await legs.revive(...args);
      free();
      await until(async () => (await legs.countKept("parked")) === 1);
      return done;
    });
    await house.say("rooms", "1");
    await until(() => read(world, "phones").length === 2);
    await aWhile(100);
    expect(read(world, "phones")).toEqual(["two", "one"]);
    expect(await legs.countKept("parked")).toBe(1);
    expect(read(world, "rooms")).toEqual([question, question]);
    await house.say("rooms", "2");
    await until(async () => (await legs.countKept("parked")) === 0);
    await idle(house);
    expect(read(world, "phones")).toEqual(["two", "one"]);
  });

  test("asks again when it is uncertain again after a 1", async () => {
    const house = await opened();
    world.phones.next(answers(unknown), undefined, 2);
    await house.say("rooms", "one");
    await until(() => read(world, "rooms").length === 1);
    await house.say("rooms", "1");
    await until(() => read(world, "rooms").length === 2);
    expect(read(world, "rooms")).toEqual([question, question]);
    await house.say("rooms", "1");
    await until(() => read(world, "phones").length === 1);
    expect(read(world, "phones")).toEqual(["one"]);
    await idle(house);
  });

  test("is left when its sender answers 2", async () => {
    const house = await opened();
    world.phones.next(answers(unknown));
    await house.say("rooms", "one");
    await until(() => read(world, "rooms").length === 1);
    await house.say("rooms", "2");
    await until(async () => (await house.house.legs.countKept("parked")) === 0);
    await house.say("rooms", "2");
    await until(() => read(world, "phones").length === 1);
    expect(read(world, "phones")).toEqual(["2"]);
    await idle(house);
  });

  test("another text is a message, and the question stays open behind it", async () => {
    const house = await opened();
    world.phones.next(answers(unknown));
    await house.say("rooms", "one");
    await until(() => read(world, "rooms").length === 1);
    await house.say("rooms", "1 more thing");
    await until(() => read(world, "phones").length === 1);
    expect(read(world, "phones")).toEqual(["1 more thing"]);
    await house.say("rooms", "1");
    await until(() => read(world, "phones").length === 2);
    expect(read(world, "phones")).toEqual(["1 more thing", "one"]);
  });

  test("the other side's 1 is a message", async () => {
    const house = await opened();
    world.phones.next(answers(unknown));
    await house.say("rooms", "one");
    await until(() => read(world, "rooms").length === 1);
    await house.say("phones", "1");
    await until(() => read(world, "rooms").length === 2);
    expect(read(world, "rooms")).toEqual([question, "1"]);
    expect(read(world, "phones")).toEqual([]);
  });

  test("after ten minutes a 1 is a message, and the text isn't kept any longer", async () => {
    const house = await opened();
    world.phones.next(answers(unknown));
    await house.say("rooms", "one");
    await until(() => read(world, "rooms").length === 1);
    await idle(house);
    clock.skip(10 * MINUTE + 1_000);
    await house.say("rooms", "1");
    await until(() => read(world, "phones").length === 1);
    clock.skip(5 * MINUTE); // an answer given in time may be decided a little later
    await until(async () => {
      clock.skip(15_000); // whoever looks after it may have been at work as the clock was moved
      return (await house.house.legs.countKept("parked")) === 0;
    });
    expect(read(world, "phones")).toEqual(["1"]);
    await idle(house);
  });

  test("goes on where it was: the adapter's note comes back with the next try", async () => {
    const house = await opened();
    world.phones.next(async (_operation, attempt) => {
      await attempt.mark();
      await attempt.progress(sensitive("part 1 of 3"));
      return retry("delivery", true);
    });
    world.phones.next(answers(unknown));
    await house.say("rooms", "one");
    await until(() => read(world, "rooms").length === 1);
    await house.say("rooms", "1");
    await until(() => read(world, "phones").length === 1);
    expect(world.phones.performed.map(({ resumed }) => resumed)).toEqual([
      undefined,
      "part 1 of 3",
      "part 1 of 3",
    ]);
  });

  test("an adapter that throws after the mark is unsure, one that throws before it is tried again", async () => {
    const house = await opened();
    world.phones.next(async () => {
      throw new Error("a bug of an adapter");
    });
    world.phones.next(async (_operation, attempt) => {
      await attempt.mark();
      throw new Error("a bug of an adapter");
    });
    await house.say("rooms", "one");
    await until(() => read(world, "rooms").length === 1);
    expect(read(world, "rooms")).toEqual([question]);
    expect(world.phones.performed).toHaveLength(2);
    await idle(house);
  });
});

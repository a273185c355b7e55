// Time is put forward where hours are needed (skipping-clock.ts): rests, deadlines, notices and questions follow it. Leases,
// due times and the `markedAt` of a delivery are by Redis' TIME, which stays real.

import { afterEach, describe, expect, test } from "vitest";
import { HOUR } from "../../src/model/time.ts";
import { answers, isKind, isNotice } from "../support/scripted-account.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import { aWhile, openWorld, read, ready, type TestHouse, until, type World } from "../support/test-house.ts";
import type { WorldOptions } from "../support/world-options.ts";
import { givenUp, idle, refused, retry } from "./outcomes.ts";

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

describe("a text that surely didn't arrive", () => {
  test.each(["delivery", "portal", "account"] as const)(
    "is tried again under the same id after a retry of scope %s, before those behind it",
    async (scope) => {
      const house = await opened();
      world.phones.next(answers(retry(scope, true)), undefined, 3);
      await house.say("rooms", "one");
      await house.say("rooms", "two");
      await until(() => read(world, "phones").length === 2);
      expect(read(world, "phones")).toEqual(["one", "two"]);
      const ids = world.phones.performed.slice(0, 4).map(({ operation }) => operation.id);
      expect(new Set(ids).size).toBe(1);
      expect(world.phones.performed.slice(0, 4).map(({ number }) => number)).toEqual([1, 2, 3, 4]);
      await idle(house);
    },
  );

  test("waits longer after each try, up to the longest pause", async () => {
    const house = await opened({ delivery: { firstRetry: 40, longestRetry: 160 } });
    const at: number[] = [];
    world.phones.next(
      async (_operation, attempt) => {
        at.push(performance.now());
        await attempt.mark();
        return retry("delivery", true);
      },
      undefined,
      5,
    );
    await house.say("rooms", "one");
    await until(() => read(world, "phones").length === 1);
    const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    const least = [20, 40, 80, 80];
    for (const [i, gap] of gaps.entries()) expect(gap).toBeGreaterThanOrEqual((least[i] ?? 0) - 2);
  });

  test("waits as long as its network says", async () => {
    const house = await opened();
    world.phones.next(answers(retry("delivery", true, { after: 300 })));
    const before = performance.now();
    await house.say("rooms", "one");
    await until(() => read(world, "phones").length === 1);
    expect(performance.now() - before).toBeGreaterThanOrEqual(295);
  });

  test("holds up nobody else when only its portal is in trouble, and all when the account is", async () => {
    const house = await opened({ pairs: 2 });
    world.phones.next(answers(retry("portal", false, { after: 400 })));
    await house.say("rooms", "late", { pair: 0 });
    await until(() => world.phones.performed.length === 1);
    await house.say("rooms", "at once", { pair: 1 });
    await until(() => read(world, "phones", 1).length === 1, 300);
    await until(() => read(world, "phones", 0).length === 1);
    world.phones.next(answers(retry("account", false, { after: 400 })));
    await house.say("rooms", "late too", { pair: 0 });
    await until(() => world.phones.performed.length === 4);
    const before = performance.now();
    await house.say("rooms", "has to wait", { pair: 1 });
    await until(() => read(world, "phones", 1).length === 2);
    expect(performance.now() - before).toBeGreaterThan(300);
    await idle(house);
  });

  test("is tried for ever as long as it doesn't count", async () => {
    const house = await opened({ delivery: { attempts: 2, longestRetry: 20 } });
    world.phones.next(answers(retry("delivery", false)), undefined, 12);
    await house.say("rooms", "one");
    await until(() => read(world, "phones").length === 1);
    expect(world.phones.performed.at(-1)?.number).toBe(1);
    expect(await house.buried.list()).toEqual([]);
  });

  test.each([
    ["marked", true],
    ["not even marked", false],
  ])(
    "is buried after the last counted try (%s), listed, and sent when the operator retries it",
    async (_, marked) => {
      const house = await opened({ delivery: { attempts: 3 } });
      world.phones.next(answers(retry("delivery", true), { marked }), undefined, 3);
      await house.say("rooms", "one");
      await house.say("rooms", "two");
      await until(() => read(world, "rooms").length === 1);
      expect(read(world, "rooms")).toEqual([givenUp]);
      await until(() => read(world, "phones").length === 1);
      expect(read(world, "phones")).toEqual(["two"]);
      const [item, ...more] = await house.buried.list();
      expect(more).toEqual([]);
      expect(item).toMatchObject({
        kind: "delivery",
        account: "phones",
        reason: "network-error",
      });
      expect(item?.attempts).toBe(marked ? 3 : 2); // the last try is counted by its mark
      expect(item?.until).toBeGreaterThan(clock.now() + 19 * HOUR);
      expect(await house.buried.retry(item?.id ?? "")).toBe(true);
      expect(await house.buried.retry(item?.id ?? "")).toBe(false);
      await until(() => read(world, "phones").length === 2);
      expect(read(world, "phones")).toEqual(["two", "one"]);
      expect(await house.buried.list()).toEqual([]);
      await idle(house);
    },
  );

  test("is gone when the operator drops it", async () => {
    const house = await opened({ delivery: { attempts: 1 } });
    world.phones.next(answers(retry("delivery", true)));
    await house.say("rooms", "one");
    await until(async () => (await house.buried.list()).length === 1);
    const [item] = await house.buried.list();
    expect(await house.buried.drop(item?.id ?? "")).toBe(true);
    expect(await house.buried.list()).toEqual([]);
    expect(await house.buried.drop(item?.id ?? "")).toBe(false);
    await aWhile(100);
    expect(read(world, "phones")).toEqual([]);
  });

  test("a portal that couldn't be opened in all its tries is tried again by the next text", async () => {
    clock = skippingClock();
    world = await openWorld({ clock, delivery: { attempts: 2 } });
    world.rooms.next(answers(retry("portal", true)), isKind("openPortal"), 2);
    const house = await world.open();
    await until(async () => (await house.buried.list()).length === 1);
    await house.say("phones", "hello");
    await until(() => world.rooms.texts().includes("hello"));
  });
});

describe("a text that is refused", () => {
  test("is told to its sender, once, on their leg; those behind it go on", async () => {
    const house = await opened();
    world.phones.next(answers(refused));
    await house.say("rooms", "one");
    await house.say("rooms", "two");
    await until(() => read(world, "phones").length === 1 && read(world, "rooms").length === 1);
    await aWhile(100);
    expect(read(world, "phones")).toEqual(["two"]);
    expect(read(world, "rooms")).toEqual([givenUp]);
    expect(world.rooms.shown[0]?.kind).toBe("notice");
    await idle(house);
  });

  test("a notice that is refused causes no notice", async () => {
    const house = await opened();
    world.phones.next(answers(refused));
    world.rooms.next(answers(refused), isNotice);
    await house.say("rooms", "one");
    await until(() => world.rooms.performed.some(({ operation }) => isNotice(operation)));
    await aWhile(150);
    expect(world.rooms.shown).toEqual([]);
    expect(world.phones.shown).toEqual([]);
    expect(world.rooms.performed.filter(({ operation }) => isNotice(operation))).toHaveLength(1);
    await idle(house);
  });

  test.each([
    ["buried", retry("delivery", true)],
    ["unknown", { kind: "unknown", reason: "timeout" } as const],
  ])("a notice that ends %s causes no notice either", async (_, outcome) => {
    const house = await opened({ delivery: { attempts: 1 }, rooms: { repeatSafe: 0 } });
    world.phones.next(answers(refused));
    world.rooms.next(answers(outcome), isNotice);
    await house.say("rooms", "one");
    await until(() => world.rooms.performed.some(({ operation }) => isNotice(operation)));
    await idle(house);
    expect([...world.rooms.shown, ...world.phones.shown]).toEqual([]);
  });
});

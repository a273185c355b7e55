// On the real clock, but for the patience with a Redis that is away.

import { afterEach, describe, expect, test } from "vitest";
import { IntakeRefused } from "../../src/adapter/errors.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { keys } from "../../src/store/keys.ts";
import { skippingClock } from "../support/skipping-clock.ts";
import {
  aWhile,
  eventOf,
  openWorld,
  portalOf,
  read,
  ready,
  type TestHouse,
  until,
  type World,
  type WorldOptions,
} from "../support/test-house.ts";

let world: World;
const opened = async (options: WorldOptions = {}): Promise<TestHouse> => {
  world = await openWorld(options);
  const house = await world.open();
  await ready(world);
  return house;
};
afterEach(() => world.close());

function arrival(session: string, order: number, ended: readonly string[] = [], fingerprint = "same") {
  const repeats = ended.map((each) => ({ session: each, after: 0 }));
  return {
    identity: { kind: "fingerprint", fingerprint: sensitive(fingerprint), session, order, repeats },
  } as const;
}

describe("a part of a message", () => {
  test("waits while Redis is away, is stored once, and completes its group after that", async () => {
    const house = await opened();
    const { fragments } = house.account.phones.host;
    const part = (index: number) => ({
      ...arrival("s1", index, [], `part ${index}`),
      ...{ group: sensitive("a group"), index, total: 2, at: Date.now() },
      payload: sensitive(Buffer.from(`part ${index}`)),
    });
    expect(await fragments.add(part(1), 60_000)).toEqual({ kind: "stored" });
    await world.redis.kill();
    const waiting = fragments.add(part(2), 60_000);
    await world.redis.restart();
    const last = await waiting;
    if (last.kind !== "complete") throw new Error("expected a whole group");
    expect(last.group.parts.map(({ payload }) => Buffer.from(payload.expose()).toString())).toEqual([
      "part 1",
      "part 2",
    ]);
    await fragments.drop(last.group.id);
  });
});

describe("accept", () => {
  test("an event whose id is known changes nothing", async () => {
    const house = await opened();
    expect(await house.say("rooms", "one", { id: "a" })).toBe("accepted");
    expect(await house.say("rooms", "one", { id: "a" })).toBe("duplicate");
    expect(await house.say("phones", "other account", { id: "a" })).toBe("accepted");
    await until(() => read(world, "phones").length === 1 && read(world, "rooms").length === 1);
    await aWhile(50);
    expect(read(world, "phones")).toEqual(["one"]);
  });

  test("the same id twice in one batch is accepted once", async () => {
    const house = await opened();
    const batch = ["a", "a", "b"].map((id) => eventOf(world, "rooms", `text ${id}`, { id }));
    expect(await house.account.rooms.host.acceptAll(batch)).toEqual(["accepted", "duplicate", "accepted"]);
    await until(() => read(world, "phones").length === 2);
    expect(read(world, "phones")).toEqual(["text a", "text b"]);
  });

  test("an arrival without an id is a repeat once for each that a broken session may have left unanswered", async () => {
    const house = await opened();
    expect(await house.say("phones", "hi", arrival("s1", 1))).toBe("accepted");
    expect(await house.say("phones", "hi", arrival("s1", 1))).toBe("duplicate"); // asked again about this one
    expect(await house.say("phones", "hi", arrival("s1", 2))).toBe("accepted"); // written twice
    expect(await house.say("phones", "hi", arrival("s2", 1, ["s1"]))).toBe("duplicate");
    expect(await house.say("phones", "hi", arrival("s2", 2, ["s1"]))).toBe("duplicate");
    expect(await house.say("phones", "hi", arrival("s2", 3, ["s1"]))).toBe("accepted");
    expect(await house.say("phones", "ho", arrival("s2", 4, ["s1"], "another"))).toBe("accepted");
    await until(() => read(world, "rooms").length === 4);
    expect(read(world, "rooms")).toEqual(["hi", "hi", "hi", "ho"]);
  });

  test("an event from a chat that belongs to no conversation is taken, counted and bridged to nobody", async () => {
    const house = await opened();
    expect(await house.say("phones", "who is this?", { chat: "+15550100111 +359999999" })).toBe("accepted");
    await until(() => house.house.counters.of(house.account.phones.host.account).ignored === 1);
    await until(() => house.pipeline.lanes.size === 0);
    expect([...world.rooms.shown, ...world.phones.shown]).toEqual([]);
  });

  test("a stranger in the room is bridged to nobody", async () => {
    const house = await opened();
    expect(await house.say("rooms", "let me in", { from: "@stranger.canary:example.org" })).toBe("accepted");
    await house.say("rooms", "it's me");
    await until(() => read(world, "phones").length === 1);
    expect(read(world, "phones")).toEqual(["it's me"]);
    expect(house.house.counters.of(house.account.rooms.host.account).ignored).toBe(1);
  });

  test("a text that is too long for any network is told to its sender", async () => {
    const house = await opened();
    await house.say("rooms", "x".repeat(65_537));
    await until(() => read(world, "rooms").length === 1);
    expect(read(world, "rooms")).toEqual([
      "Not delivered to Amber Fox 0: messages of this kind can't be sent from here yet.",
    ]);
    await house.say("rooms", "y".repeat(65_536));
    await until(() => read(world, "phones").length === 1);
    expect(read(world, "phones")[0]).toHaveLength(65_536);
  });

  test("an event that can't be worked on doesn't stop those behind it, and is kept for the operator", async () => {
    const house = await opened();
    const { account } = house.account.rooms.host;
    const chat = house.keyring.chat(account, portalOf(world, "rooms"));
    // Damaged on the disk.
    await house.connection.command("RPUSH", keys.lane(account, chat), "damaged");
    await house.connection.command("ZADD", keys.lanesDue(account), 1, chat);
    await house.say("rooms", "behind it");
    await until(() => read(world, "phones").length === 1);
    const items = await house.buried.list();
    expect(items).toMatchObject([{ kind: "event", account: "rooms", reason: "internal" }]);
    expect(await house.buried.drop(items[0]?.id ?? "")).toBe(true);
    expect(await house.buried.list()).toEqual([]);
  });
});

describe("an intake that can take nothing", () => {
  test("refuses when it stops, so that the network comes again", async () => {
    const house = await opened();
    house.pipeline.close();
    const refused = house.say("rooms", "late");
    await expect(refused).rejects.toBeInstanceOf(IntakeRefused);
    await expect(refused).rejects.toMatchObject({ why: "stopping" });
  });

  test("refuses when Redis stays away for longer than its patience", async () => {
    const clock = skippingClock();
    const house = await opened({ clock });
    await world.redis.kill();
    const said = house.say("rooms", "one");
    const refused = expect(said).rejects.toMatchObject({ name: "IntakeRefused", why: "store-away" });
    await aWhile(100);
    clock.skip(26_000);
    await refused;
    await world.redis.restart();
    await until(() => house.pipeline.isOpen);
    expect(await house.say("rooms", "one")).toBe("accepted");
    await until(() => read(world, "phones").length === 1);
  });

  const fill = async (house: TestHouse): Promise<number> => {
    for (let i = 0; ; i++) {
      try {
        await house.say("rooms", `${i} ${"x".repeat(20_000)}`);
      } catch (error) {
        expect(error).toMatchObject({ name: "IntakeRefused", why: "store-full" });
        return i;
      }
    }
  };
  const away = { kind: "disconnected", reason: "not-connected" } as const;

  test("refuses while the store is full, which then drains and takes in again", async () => {
    const house = await opened({ redis: { maxMemory: 8_000_000 } });
    house.account.phones.host.report(away);
    const taken = await fill(house);
    expect(taken).toBeGreaterThan(20);
    house.account.phones.host.report({ kind: "connected" });
    await until(() => read(world, "phones").length === taken);
    expect(read(world, "phones").map((text) => Number.parseInt(text, 10))).toEqual(
      Array.from({ length: taken }, (_, i) => i),
    );
    await until(async () => {
      await house.connection.command("MEMORY", "PURGE");
      return house.say("rooms", "after").then(
        () => true,
        () => false,
      );
    });
    await until(() => read(world, "phones").includes("after"));
  });

  test("a full store that restarts drains as well, and a daemon can start on it", async () => {
    const house = await opened({ redis: { maxMemory: 8_000_000 } });
    house.account.phones.host.report(away);
    const taken = await fill(house);
    await world.redis.restart();
    await until(() => house.pipeline.isOpen);
    const second = await world.open();
    await until(() => read(world, "phones").length === taken);
    expect(second.pipeline.isOpen).toBe(true);
  });
});

// On the real clock, but for the patience with a Redis that is away.

import { afterEach, describe, expect, test } from "vitest";
import { IntakeRefused } from "../../src/adapter/errors.ts";
import type { ConversationId, LegId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY, MINUTE } from "../../src/model/time.ts";
import { keys } from "../../src/store/keys.ts";
import { SHARED_ROOM } from "../support/scripted-account.ts";
import { skippingClock } from "../support/skipping-clock.ts";
import {
  aWhile,
  eventOf,
  openWorld,
  portalOf,
  ROOMS,
  read,
  ready,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";
import type { WorldOptions } from "../support/world-options.ts";

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

async function usedMemory({ connection }: TestHouse): Promise<number> {
  const info = String(await connection.command("INFO", "memory"));
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
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

  test("an event from a chat that others are in as well is taken, counted and bridged to nobody", async () => {
    const house = await opened();
    const chat = `${SHARED_ROOM}:canary`;
    expect(await house.say("rooms", "who is this?", { chat })).toBe("accepted");
    await until(() => house.house.counters.of("footbridge_events_ignored_total", ROOMS) === 1);
    await until(() => house.pipeline.lanes.size === 0);
    expect([...world.rooms.shown, ...world.phones.shown]).toEqual([]);
  });

  test("a chat is heard of which a crash left the entry and no more", async () => {
    const house = await opened({ pairs: 0 });
    const [chat, from] = ["!half-made.canary", "@ana.canary:example.org"];
    const { conversations, store } = house.house;
    const [conversation, leg] = [store.vault.newId() as ConversationId, store.vault.newId() as LegId]; // new random ids
    await conversations.setChat(
      house.keyring.chat(house.account.rooms.host.account, chat),
      conversation,
      leg,
    );
    for (const text of ["handles", "handles"]) await house.say("rooms", text, { chat, from });
    await until(() => world.rooms.texts(chat).length === 2);
    expect(world.rooms.texts(chat)[0]).toMatch(/^You have no handles/);
  });

  test("a stranger in the room is bridged to nobody", async () => {
    const house = await opened();
    expect(await house.say("rooms", "let me in", { from: "@stranger.canary:example.org" })).toBe("accepted");
    await house.say("rooms", "it's me");
    await until(() => read(world, "phones").length === 1);
    expect(read(world, "phones")).toEqual(["it's me"]);
    expect(house.house.counters.of("footbridge_events_ignored_total", ROOMS)).toBe(1);
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

describe("a repeat without an id", () => {
  test("is recognised over the weekly change of the pepper", async () => {
    const clock = skippingClock();
    const house = await opened({ clock });
    const week = 7 * DAY;
    clock.skip(week - (clock.now() % week) - MINUTE);
    expect(await house.say("phones", "hi", arrival("s1", 1))).toBe("accepted");
    clock.skip(2 * MINUTE);
    expect(await house.say("phones", "hi", arrival("s1", 1))).toBe("duplicate"); // asked again about this one
    expect(await house.say("phones", "hi", arrival("s2", 1, ["s1"]))).toBe("duplicate");
    expect(await house.say("phones", "hi", arrival("s2", 2, ["s1"]))).toBe("accepted");
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

  test("refuses a batch whole for which there is no room, and takes it whole, in order and once, when there is", async () => {
    const house = await opened();
    const room = async (octets: number): Promise<void> => {
      const limit = octets === 0 ? 0 : (await usedMemory(house)) + octets;
      await house.connection.command("CONFIG", "SET", "maxmemory", limit);
    };
    const texts = Array.from({ length: 60 }, (_, i) => `${i} ${"x".repeat(10_000)}`);
    // As an SMSC has them: it gives no ids, and what was refused comes again as a new arrival in the same session.
    const batch = (first: number) =>
      texts.map((text, i) => eventOf(world, "phones", text, arrival("s1", first + i, [], text)));
    await room(200_000);
    const refused = house.account.phones.host.acceptAll(batch(1));
    await expect(refused).rejects.toMatchObject({ name: "IntakeRefused", why: "store-full" });
    await room(0);
    const answers = await house.account.phones.host.acceptAll(batch(61));
    expect(answers).toEqual(texts.map(() => "accepted"));
    await until(() => read(world, "rooms").length >= texts.length);
    await aWhile(50);
    expect(read(world, "rooms").map((text) => Number.parseInt(text, 10))).toEqual(texts.map((_, i) => i));
  });

  test("a receipt that finds no room takes the texts of its batch with it, and none of them is doubled", async () => {
    const house = await opened();
    const status = { kind: "status", targets: [sensitive("r".repeat(300_000))], status: "read" } as const;
    const batch = (order: number) => [
      eventOf(world, "phones", "before", arrival("s1", order, [], "before")),
      eventOf(world, "phones", "", { ...arrival("s1", order + 1, [], "receipt"), body: status }),
      eventOf(world, "phones", "after", arrival("s1", order + 2, [], "after")),
    ];
    await house.connection.command("CONFIG", "SET", "maxmemory", (await usedMemory(house)) + 200_000);
    const refused = house.account.phones.host.acceptAll(batch(1));
    await expect(refused).rejects.toMatchObject({ name: "IntakeRefused", why: "store-full" });
    await house.connection.command("CONFIG", "SET", "maxmemory", 0);
    expect(await house.account.phones.host.acceptAll(batch(4))).toEqual(["accepted", "accepted", "accepted"]);
    await until(() => read(world, "rooms").length >= 2);
    await aWhile(50);
    expect(read(world, "rooms")).toEqual(["before", "after"]);
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

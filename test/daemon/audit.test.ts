// What is in a real Redis while the house is at work, looked at as `footbridge audit` does.

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { auditKeys } from "../../src/daemon/audit.ts";
import type { AuditReport } from "../../src/http/control-api.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY, HOUR, MINUTE } from "../../src/model/time.ts";
import { systemClock } from "../../src/observe/clock.ts";
import { FAMILIES } from "../../src/store/families.ts";
import { fragmentStore } from "../../src/store/fragments.ts";
import { keys } from "../../src/store/keys.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { connectTo, startTestRedis, type TestRedis } from "../support/redis.ts";
import { answers, takenButAnswers } from "../support/scripted-account.ts";
import {
  openWorld,
  PHONES,
  portalOf,
  ROOMS,
  read,
  ready,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";

const familyIn = (report: AuditReport, name: string) => {
  const found = report.families.find(({ family }) => family === name);
  if (found === undefined) throw new Error(`the report has no family ${name}`);
  return found;
};

/** What stays in Redis for longer than a moment; who works on a lane, and receipts, don't. */
const THERE = [
  "meta",
  "dedupe",
  "sinceCursor",
  "fingerprint",
  "buriedEvents",
  "buriedEventsDue",
  "fragments",
  "fragmentsDue",
  "conversation",
  "pairs",
  "chat",
  "delivery",
  "leg",
  "legsDue",
  "map",
  "refs",
  "parked",
  "buried",
  "accountStorage",
  "accountLease",
  "person",
  "identity",
  "numberPairs",
] as const;

describe("an audit of a house at work", () => {
  let world: World;
  afterEach(() => world.close());

  /** Makes one of everything: what waits, is parked, is buried, and what is remembered. */
  async function everything(): Promise<TestHouse> {
    world = await openWorld({ pairs: 3, delivery: { attempts: 1 } });
    const house = await world.open();
    await ready(world);
    const { rooms, phones } = house.account;
    await rooms.host.storage.set("session", sensitive("canary"));
    await rooms.host.cursor.load();
    await house.say("rooms", "arrives");
    await until(() => read(world, "phones").length === 1);
    world.phones.next(takenButAnswers({ kind: "unknown", reason: "timeout" }));
    await house.say("rooms", "may have arrived", { pair: 1 });
    await until(async () => (await house.house.legs.countKept("parked")) === 1);
    world.phones.next(answers({ kind: "retry", reason: "rejected", scope: "delivery", counts: true }));
    await house.say("rooms", "fails", { pair: 2 });
    await until(async () => (await house.house.legs.countKept("buried")) === 1);
    await withoutId(house);
    await damagedEvent(house);
    phones.host.report({ kind: "disconnected", reason: "network-error" });
    await house.say("rooms", "waits");
    await until(async () => (await house.house.legs.backlog(PHONES)) === 1);
    return house;
  }

  /** A text and a part of another, of a network without ids. */
  async function withoutId(house: TestHouse): Promise<void> {
    const identity = {
      kind: "fingerprint",
      fingerprint: sensitive("f"),
      session: "s",
      order: 1,
      repeats: [],
    } as const;
    await house.say("phones", "without an id", { identity });
    await until(() => read(world, "rooms").includes("without an id"));
    const payload = sensitive(Buffer.from("part"));
    const part = { group: sensitive("g"), index: 1, total: 2, payload, at: Date.now() };
    await fragmentStore(house.house.store, PHONES).add(
      { identity: { ...identity, order: 2 }, ...part },
      HOUR,
    );
  }

  async function damagedEvent(house: TestHouse): Promise<void> {
    const chat = house.keyring.chat(ROOMS, portalOf(world, "rooms"));
    await house.connection.command("RPUSH", keys.lane(ROOMS, chat), "damaged");
    await house.connection.command("ZADD", keys.lanesDue(ROOMS), 1, chat);
    await until(async () => (await house.buried.list()).length === 2);
  }

  test("explains every key, and counts and measures each", async () => {
    const house = await everything();
    const report = await auditKeys(house.connection, systemClock);
    expect(report.unexplained).toEqual([]);
    expect(report.families.map(({ family }) => family)).toEqual(Object.keys(FAMILIES));
    const there = report.families.filter((family) => family.keys > 0);
    expect(there.map(({ family }) => family)).toEqual(expect.arrayContaining([...THERE]));
    expect(there.every(({ bytes }) => bytes !== null && bytes > 0)).toBe(true);
    const size = Number(await house.connection.command("DBSIZE"));
    expect(there.reduce((sum, family) => sum + family.keys, 0)).toBe(size);
    expect(report.families.filter(({ withoutTtl, tooLong }) => withoutTtl + tooLong > 0)).toEqual([]);
  });

  test("gives the TTLs of what has one, within what its row says", async () => {
    const house = await everything();
    const report = await auditKeys(house.connection, systemClock);
    const map = familyIn(report, "map");
    expect(map.ttl?.leastMs).toBeGreaterThan(30 * DAY);
    expect(map.ttl?.mostMs).toBeLessThanOrEqual(31 * DAY);
    expect(familyIn(report, "fingerprint").ttl?.mostMs).toBeLessThanOrEqual(10 * MINUTE);
    expect(familyIn(report, "conversation")).toMatchObject({ keys: 3, ttl: null, withoutTtl: 0 });
    expect(familyIn(report, "person").keys).toBe(6);
  });

  test("tells of keys that should have a TTL and have none, or too long a one", async () => {
    const house = await everything();
    const maps = await house.connection.command("KEYS", "{c0}:m:*");
    const [map] = Array.isArray(maps) ? maps : [];
    await house.connection.command("PERSIST", String(map));
    await house.connection.command("SET", `{i1}:fp:${"x".repeat(22)}`, "x", "EX", 3_600);
    const report = await auditKeys(house.connection, systemClock);
    expect(familyIn(report, "map").withoutTtl).toBe(1);
    expect(familyIn(report, "fingerprint").tooLong).toBe(1);
  });

  test("shows of keys that no row explains their form alone, each with how many and what they are", async () => {
    const house = await everything();
    for (const name of ["session:+15550100", "session:+15550199"])
      await house.connection.command("SET", name, "x");
    await house.connection.command("SADD", `{a:${ROOMS}}:canary`, "x");
    const report = await auditKeys(house.connection, systemClock);
    const found = report.unexplained.map(({ bytes, ...rest }) => ({ ...rest, measured: (bytes ?? 0) > 0 }));
    expect(found.toSorted((a, b) => b.keys - a.keys)).toEqual([
      { shape: "<7>:<9>", type: "string", keys: 2, measured: true },
      { shape: "{a:<account>}:<6>", type: "set", keys: 1, measured: true },
    ]);
    expect(JSON.stringify(report)).not.toMatch(/55501|canary/);
  });
});

describe("an audit of a Redis", () => {
  let redis: TestRedis;
  let connection: Connection;
  beforeAll(async () => {
    redis = await startTestRedis();
    connection = await connectTo(redis.target);
  });
  afterEach(async () => {
    await connection.command("FLUSHALL");
  });
  afterAll(async () => {
    await connection.close();
    await redis.stop();
  });

  const fill = async (count: number, nameOf: (i: number) => string): Promise<void> => {
    for (let i = 0; i < count; i += 1_000) {
      const batch = Array.from({ length: Math.min(1_000, count - i) }, (_, n) => nameOf(i + n));
      await connection.command("MSET", ...batch.flatMap((name) => [name, "x"]));
    }
  };
  const chats = (count: number) => fill(count, (i) => `{c0}:chat:${String(i).padStart(22, "0")}`);

  test("counts every key of many pages once, and lets others have their turn between them", async () => {
    await chats(20_000);
    let others = 0;
    let busy = true;
    const other = (async () => {
      while (busy) {
        await connection.command("PING");
        others += 1;
      }
    })();
    const report = await auditKeys(connection, systemClock);
    busy = false;
    await other;
    expect(familyIn(report, "chat").keys).toBe(20_000);
    expect(others).toBeGreaterThan(50);
  });

  test("measures a key of up to a thousand elements to the octet", async () => {
    const members = Array.from({ length: 1_000 }, (_, i) => `${i}`.repeat(1 + (i % 50)));
    await connection.command("SADD", keys.pairs, ...members);
    const report = await auditKeys(connection, systemClock);
    const exact = await connection.command("MEMORY", "USAGE", keys.pairs, "SAMPLES", 0);
    expect(familyIn(report, "pairs").bytes).toBe(exact);
  });

  test("counts what has too many forms together", async () => {
    await fill(300, (i) => "x".repeat(i + 1));
    const { unexplained } = await auditKeys(connection, systemClock);
    expect(unexplained.length).toBe(51);
    expect(unexplained.reduce((sum, each) => sum + each.keys, 0)).toBe(300);
    const others = unexplained.find(({ shape }) => shape === "other shapes");
    expect(others).toMatchObject({ type: "several", keys: 250 });
  });

  test("says of an external Redis that tells no sizes that it doesn't", async () => {
    await chats(3);
    await connection.command("ACL", "SETUSER", "default", "-memory");
    const report = await auditKeys(connection, systemClock);
    await connection.command("ACL", "SETUSER", "default", "+memory");
    expect(familyIn(report, "chat")).toMatchObject({ keys: 3, bytes: null });
  });
});

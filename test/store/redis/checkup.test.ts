import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Finding } from "../../../src/adapter/check.ts";
import { MINUTE, SECOND } from "../../../src/model/time.ts";
import { systemClock } from "../../../src/observe/clock.ts";
import { type CheckedRedis, checkRedis } from "../../../src/store/redis/checkup.ts";
import { type Connection, openConnection } from "../../../src/store/redis/connection.ts";
import { startCluster } from "../../support/cluster-redis.ts";
import { freePort } from "../../support/free-port.ts";
import { startPlainRedis } from "../../support/plain-redis.ts";
import { connectTo, silent, startTestRedis, type TestRedis, whenUp } from "../../support/redis.ts";

let redis: TestRedis;
let connection: Connection;

const set = (...settings: string[]) => connection.command("CONFIG", "SET", ...settings);

beforeAll(async () => {
  redis = await startTestRedis({ fsync: "always" });
  connection = await connectTo(redis.target);
});
afterEach(async () => {
  await connection.command("FLUSHALL");
  await connection.command("ACL", "SETUSER", "default", "+@all");
  await set("maxmemory-policy", "noeviction", "appendfsync", "always", "maxmemory", "0");
});
afterAll(async () => {
  await connection.close();
  await redis.stop();
});

const look = (more: Partial<CheckedRedis> = {}): Promise<readonly Finding[]> =>
  checkRedis({ connection, kind: "external", allow: [], clock: systemClock, keyFolders: [], ...more });
const about = async (check: string, more: Partial<CheckedRedis> = {}): Promise<Finding | undefined> =>
  (await look(more)).find((finding) => finding.check === check);
/** A wall clock that is off. */
const off = (ms: number) => ({ clock: { ...systemClock, now: () => Date.now() + ms } });

describe("a check of a Redis", () => {
  test("that is as it should be finds all well", async () => {
    const findings = await look({ kind: "embedded" });
    expect(findings.map(({ check, status }) => `${status} ${check}`)).toEqual([
      "ok redis",
      "ok redis memory",
      "ok clock",
    ]);
    expect(findings[0]?.found).toMatch(/^embedded, version \d+\.\d+\.\d+, writes are on the disk before/);
  });

  test("of a cluster warns of a slot that is half moved, until it has arrived", async () => {
    const cluster = await startCluster({ fsync: "always" });
    const own = openConnection(cluster.target, { log: silent, clock: systemClock });
    try {
      await whenUp(own);
      expect(await about("redis slots", { connection: own })).toBeUndefined();
      const from = await cluster.ownerOf(10_282);
      const to = cluster.nodes.find(({ id }) => id !== from.id);
      if (to === undefined) throw new Error("a cluster has several nodes");
      const move = await cluster.beginMove(10_282, to);
      expect(await about("redis slots", { connection: own })).toEqual({
        ...{ check: "redis slots", status: "warning", found: "slot 10282 is half moved" },
        remedy: "wait if somebody moves slots now; if not, run redis-cli --cluster fix HOST:PORT",
      });
      await move.finish();
      expect(await about("redis slots", { connection: own })).toBeUndefined();
    } finally {
      await own.close();
      await cluster.stop();
    }
  });

  test("warns while a replica may take over without the last writes", async () => {
    const port = await freePort();
    const master = await startPlainRedis({ more: ["--port", `${port}`, "--bind", "127.0.0.1"] });
    const replica = await startPlainRedis({ more: ["--replicaof", "127.0.0.1", `${port}`] });
    const own = await connectTo(master.target);
    const replicas = () => about("redis replicas", { connection: own });
    await expect.poll(replicas, { timeout: 10_000 }).toMatchObject({ status: "warning" });
    await own.command("CONFIG", "SET", "min-replicas-to-write", 1);
    expect(await replicas()).toBeUndefined();
    await own.close();
    await Promise.all([master.stop(), replica.stop()]);
  });

  test("tells of settings that could lose or evict something, with what to do", async () => {
    await set("maxmemory-policy", "allkeys-lru", "appendfsync", "no");
    expect((await look()).filter(({ check }) => check === "redis")).toEqual([
      {
        check: "redis",
        status: "problem",
        found: "found maxmemory-policy allkeys-lru, expected noeviction",
        remedy: "set maxmemory-policy noeviction, or accept it in the config (redis.allow: eviction)",
      },
      expect.objectContaining({ status: "problem", found: "found appendfsync no, expected always" }),
    ]);
  });

  test("warns of those that the config accepts", async () => {
    await set("appendfsync", "everysec");
    expect(await about("redis", { allow: ["everysec"] })).toMatchObject({
      status: "warning",
      found: "found appendfsync everysec, expected always, accepted in the config",
    });
  });

  test("has an embedded one that was changed started again", async () => {
    await set("appendfsync", "everysec");
    expect(await about("redis", { kind: "embedded" })).toMatchObject({
      status: "problem",
      remedy: "somebody changed the embedded Redis: restart the daemon",
    });
  });

  test("warns before its memory is full, and says when it is", async () => {
    await connection.command("SETRANGE", "much", 20_000_000, "x");
    expect(await about("redis memory")).toMatchObject({
      status: "ok",
      found: expect.stringMatching(/no limit$/),
    });
    await set("maxmemory", "100000000");
    expect(await about("redis memory")).toMatchObject({ status: "ok" });
    await set("maxmemory", "25000000");
    expect(await about("redis memory")).toMatchObject({
      status: "warning",
      found: expect.stringMatching(/^2\d\.\d MB used of 25\.0 MB$/),
    });
    await set("maxmemory", "20000000");
    expect(await about("redis memory")).toMatchObject({ status: "problem" });
  });

  test("compares the clocks", async () => {
    expect(await about("clock", off(-SECOND))).toMatchObject({ status: "ok" });
    expect(await about("clock", off(-10 * SECOND))).toEqual({
      check: "clock",
      status: "warning",
      found: "Redis' clock is 10 s ahead of this machine's",
      remedy: "let NTP keep both",
    });
    expect(await about("clock", off(6 * MINUTE))).toMatchObject({
      status: "problem",
      found: "Redis' clock is 360 s behind this machine's",
    });
  });

  test("says when Redis can't rewrite its file any more", async () => {
    const other = await startTestRedis();
    const up = await connectTo(other.target);
    await rm(join(other.folder, "appendonlydir"), { recursive: true });
    await writeFile(join(other.folder, "appendonlydir"), "in the way");
    await up.command("BGREWRITEAOF").catch(() => undefined); // it fails now, or in its child
    let found: Finding | undefined;
    for (let i = 0; i < 100 && found === undefined; i++) {
      found = (await look({ connection: up })).find(({ check }) => check === "redis files");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await up.close();
    await other.stop();
    expect(found).toMatchObject({ status: "warning", found: "the last rewrite of its file failed" });
  });

  test("says what the user may not ask, and goes on", async () => {
    await connection.command("ACL", "SETUSER", "default", "-info", "-config", "-time");
    const findings = await look();
    expect(findings.map(({ check, status }) => `${status} ${check}`)).toEqual([
      "problem redis",
      "problem redis",
      "problem redis",
      "problem clock",
    ]);
    expect(findings.at(-1)).toMatchObject({ found: "Redis doesn't tell its time" });
  });
});

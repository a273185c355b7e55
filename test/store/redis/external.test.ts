import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Sensitive } from "../../../src/model/sensitive.ts";
import type { Connection } from "../../../src/store/redis/connection.ts";
import { UnsafeRedis } from "../../../src/store/redis/errors.ts";
import { inspectRedis, requireSafeRedis } from "../../../src/store/redis/external.ts";
import { parseRedisUrl } from "../../../src/store/redis/target.ts";
import { connectTo, startTestRedis, type TestRedis } from "../../support/redis.ts";

let redis: TestRedis;
let connection: Connection;

beforeAll(async () => {
  redis = await startTestRedis({ fsync: "always" });
  connection = await connectTo(redis.target);
});
afterEach(async () => {
  await connection.command(
    "CONFIG",
    "SET",
    "maxmemory-policy",
    "noeviction",
    "appendonly",
    "yes",
    "appendfsync",
    "always",
  );
});
afterAll(async () => {
  await connection.close();
  await redis.stop();
});

describe("an external Redis", () => {
  test("that keeps everything is taken", async () => {
    expect(await requireSafeRedis(connection, [])).toEqual([]);
  });

  test.each([
    ["eviction", "maxmemory-policy", "allkeys-lru"],
    ["eviction", "maxmemory-policy", "volatile-ttl"],
    ["no-persistence", "appendonly", "no"],
    ["everysec", "appendfsync", "everysec"],
  ] as const)("is refused for %s (%s %s), unless that is accepted", async (kind, name, value) => {
    await connection.command("CONFIG", "SET", name, value);
    const refused = requireSafeRedis(connection, []);
    await expect(refused).rejects.toThrow(UnsafeRedis);
    await expect(refused).rejects.toThrow(new RegExp(`found ${name} ${value}, expected \\w+: set ${name}`));
    await expect(refused).rejects.toMatchObject({ problems: [{ kind }] });
    expect((await requireSafeRedis(connection, [kind])).map((problem) => problem.kind)).toEqual([kind]);
  });

  test("accepting one risk doesn't accept another", async () => {
    await connection.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "appendfsync", "no");
    await expect(requireSafeRedis(connection, ["everysec"])).rejects.toMatchObject({
      problems: [{ kind: "eviction" }],
    });
  });

  test("whose settings may not be asked is judged by INFO, and what that doesn't say counts as wrong", async () => {
    await connection.command("ACL", "SETUSER", "default", "-config");
    try {
      expect((await inspectRedis(connection)).map((problem) => problem.kind)).toEqual(["everysec"]);
      await connection.command("ACL", "SETUSER", "default", "-info");
      const kinds = (await inspectRedis(connection)).map((problem) => problem.kind);
      expect(kinds).toEqual(["version", "eviction", "no-persistence"]);
    } finally {
      await connection.command("ACL", "SETUSER", "default", "+config", "+info");
    }
  });
});

describe("a Redis URL", () => {
  test("gives host, port, database, user and password", () => {
    const target = parseRedisUrl(new Sensitive("redis://bridge:p%40ss@db.example:7000/3"));
    expect(target).toMatchObject({
      kind: "tcp",
      host: "db.example",
      port: 7000,
      database: 3,
      username: "bridge",
    });
    expect(target.kind === "tcp" && target.password?.expose()).toBe("p@ss");
    expect(JSON.stringify(target)).not.toContain("p@ss");
    expect(target).not.toHaveProperty("tls");
  });

  test("has defaults, takes IPv6, and TLS with rediss:", () => {
    expect(parseRedisUrl(new Sensitive("redis://db"))).toEqual({
      kind: "tcp",
      host: "db",
      port: 6379,
      database: 0,
    });
    expect(parseRedisUrl(new Sensitive("rediss://[::1]:1"))).toEqual({
      kind: "tcp",
      host: "::1",
      port: 1,
      database: 0,
      tls: {},
    });
  });

  test("what stands beside it in the config wins", () => {
    const target = parseRedisUrl(new Sensitive("rediss://a:b@db"), {
      username: "c",
      password: new Sensitive("d"),
      tls: { serverName: "x" },
    });
    expect(target).toMatchObject({ username: "c", tls: { serverName: "x" } });
    expect(target.kind === "tcp" && target.password?.expose()).toBe("d");
  });

  test.each(["", "canary", "http://canary", "redis://", "redis://h/canary", "redis://h:canary@x:99999"])(
    "that is none (%s) is refused without showing it",
    (url) => {
      expect(() => parseRedisUrl(new Sensitive(url))).toThrow(/a Redis URL reads/);
      expect(() => parseRedisUrl(new Sensitive(url))).not.toThrow(/canary/);
    },
  );

  test("with TLS settings but without TLS is refused", () => {
    expect(() => parseRedisUrl(new Sensitive("redis://db"), { tls: {} })).toThrow(/expected rediss/);
  });
});

import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Sensitive } from "../../../src/model/sensitive.ts";
import { systemClock } from "../../../src/observe/clock.ts";
import type { Logger } from "../../../src/observe/log.ts";
import { type Connection, openConnection, type Reply } from "../../../src/store/redis/connection.ts";
import { StoreAway, StoreFull, StoreRefused } from "../../../src/store/redis/errors.ts";
import { parseScript } from "../../../src/store/redis/scripts.ts";
import { connectTo, silent, startTestRedis, type TestRedis, whenUp } from "../../support/redis.ts";

const script = (name: string, code: string, flags = "") =>
  parseScript(name, `#!lua${flags}\n-- KEYS any\n-- ARGV any\n-- Returns what the test wants\n${code}`);
const echo = script("echo", "return ARGV");
const append = script("append", "return redis.call('RPUSH', KEYS[1], ARGV[1])");
const write = script("write", "redis.call('SET', KEYS[1], ARGV[1]) return 1");
const drain = script("drain", "redis.call('SET', KEYS[1], ARGV[1]) return 1", " flags=allow-oom");

let redis: TestRedis;
const opened: Connection[] = [];

const connect = async (scripts = [echo, append, write, drain]): Promise<Connection> => {
  const connection = await connectTo(redis.target, scripts);
  opened.push(connection);
  return connection;
};

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()));
  if (redis.pid === undefined) await redis.restart();
});
afterAll(() => redis.stop());

/** A log that a test looks at. */
function recorder(): { lines: string[]; log: Logger } {
  const lines: string[] = [];
  const line = (event: string, fields?: object): void =>
    void lines.push(`${event} ${JSON.stringify(fields ?? {})}`);
  return { lines, log: { debug: line, info: line, warn: line, error: line } };
}

describe("the connection", () => {
  test("runs scripts and commands, and gives Buffers, numbers, null and arrays back", async () => {
    const connection = await connect();
    expect(await connection.command("SET", "a", 42)).toEqual(Buffer.from("OK"));
    expect(await connection.command("INCR", "a")).toBe(43);
    expect(await connection.command("GET", "nothing")).toBeNull();
    expect(await connection.call(echo, ["k"], ["x", Buffer.from([0, 255, 13, 10]), 7])).toEqual([
      Buffer.from("x"),
      Buffer.from([0, 255, 13, 10]),
      Buffer.from("7"),
    ]);
  });

  test("takes any text and any octets, short, long, and beyond ASCII, as keys and arguments", async () => {
    const connection = await connect();
    const text = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 40 }),
      fc.string({ maxLength: 40 }),
      fc.constantFrom(
        "",
        "é",
        "\r\n",
        "a".repeat(5_000),
        "ß".repeat(3_000),
        `${"a".repeat(4_095)}é`,
        "x".repeat(300_000),
      ),
    );
    const argument = fc.oneof(
      text,
      fc.uint8Array({ maxLength: 300 }).map((octets) => Buffer.from(octets)),
      fc.integer(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(argument, { maxLength: 12 }), async (args) => {
        const reply = await connection.call(echo, [], args);
        expect(reply).toEqual(args.map((arg) => (Buffer.isBuffer(arg) ? arg : Buffer.from(String(arg)))));
      }),
      { numRuns: 200 },
    );
  });

  test("keeps the order of calls and commands, mixed, over many turns and batches", async () => {
    const connection = await connect();
    await connection.command("DEL", "list");
    const replies: Promise<Reply>[] = [];
    for (let index = 0; index < 5_000; index++) {
      replies.push(
        index % 3 === 0
          ? connection.command("RPUSH", "list", index)
          : connection.call(append, ["list"], [index]),
      );
      if (index % 97 === 0) await new Promise(setImmediate);
      if (index % 501 === 0) connection.flush();
    }
    expect(await Promise.all(replies)).toEqual(replies.map((_, index) => index + 1));
    const list = await connection.command("LRANGE", "list", 0, -1);
    expect(list).toEqual(replies.map((_, index) => Buffer.from(String(index))));
  });

  test("sends the calls of one turn together", async () => {
    const connection = await connect();
    const { calls, batches } = connection.stats;
    await Promise.all(Array.from({ length: 300 }, () => connection.call(write, ["k"], ["v"])));
    expect(connection.stats.calls - calls).toBe(300);
    expect(connection.stats.batches - batches).toBe(1);
  });

  test("large batches arrive whole, with answers that come in pieces", async () => {
    const connection = await connect();
    const large = Buffer.alloc(100_000, "x");
    const replies = await Promise.all(Array.from({ length: 60 }, () => connection.call(echo, [], [large])));
    for (const reply of replies)
      expect(Array.isArray(reply) && Buffer.isBuffer(reply[0]) && reply[0].equals(large)).toBe(true);
  });

  test("a script that wasn't named before is loaded before its first call, in order", async () => {
    const connection = await connect([]);
    await connection.command("SCRIPT", "FLUSH");
    await connection.command("DEL", "late");
    const late = script("late", "return redis.call('RPUSH', KEYS[1], 'late', ARGV[1])");
    const replies = [
      connection.command("RPUSH", "late", "a"),
      connection.call(late, ["late"], ["b"]),
      connection.call(late, ["late"], ["c"]),
    ];
    expect(await Promise.all(replies)).toEqual([1, 3, 5]);
  });

  test("a refused argument spoils nothing of what comes after it", async () => {
    const connection = await connect();
    const wrong = { length: 3 } as unknown as string; // what the types forbid
    const replies = [
      connection.call(echo, [], ["a"]),
      connection.call(echo, ["k"], ["b", wrong]),
      connection.command("SET", wrong),
      connection.call(echo, [], ["c"]),
    ];
    const [a, b, set, c] = await Promise.allSettled(replies);
    expect(a).toMatchObject({ value: [Buffer.from("a")] });
    expect(b).toMatchObject({ reason: expect.any(TypeError) });
    expect(set).toMatchObject({ reason: expect.any(TypeError) });
    expect(c).toMatchObject({ value: [Buffer.from("c")] });
  });
});

describe("a script's failure", () => {
  test("says which script, which code and which line, and nothing that Redis quotes", async () => {
    const connection = await connect();
    const bad = script("bad", "error('canary ' .. ARGV[1])");
    const refused = connection.call(bad, ["k"], ["canary"]);
    await expect(refused).rejects.toThrow(StoreRefused);
    await expect(refused).rejects.toMatchObject({ call: "bad", code: "ERR", line: 5 });
    await expect(refused).rejects.not.toThrow(/canary/);
    await expect(
      connection.command("LPUSH", "a-string", "x").then(() => connection.command("INCR", "a-string")),
    ).rejects.toMatchObject({
      code: "WRONGTYPE",
    });
    expect(connection.up).toBe(true);
  });

  test("holds no argument anywhere, however it is looked at", async () => {
    const connection = await connect();
    const { inspect } = await import("node:util");
    const bad = script("worse", "return redis.call('NOSUCH', ARGV[1])");
    const error = await connection.call(bad, ["canary"], ["canary"]).catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error)).not.toContain("canary");
  });

  test("for lack of memory is StoreFull, and what may run then still does", async () => {
    const connection = await connect();
    await connection.command("CONFIG", "SET", "maxmemory", "1");
    try {
      await expect(connection.call(write, ["full"], ["v"])).rejects.toThrow(StoreFull);
      await expect(connection.command("SET", "full", "v")).rejects.toThrow(StoreFull);
      expect(await connection.call(drain, ["full"], ["v"])).toBe(1);
      expect(connection.up).toBe(true);
    } finally {
      await connection.command("CONFIG", "SET", "maxmemory", "0");
    }
  });
});

describe("when Redis goes away", () => {
  test("what is under way is rejected, what comes after too, and all goes on when it is back", async () => {
    const connection = await connect();
    const said: string[] = [];
    connection.onDown(() => said.push("down"));
    connection.onUp(() => said.push("up"));
    const slow = script(
      "slow",
      "local t = redis.call('TIME')[1] while redis.call('TIME')[1] - t < 20 do end return 1",
    );
    const underWay = connection.call(slow, ["k"], []);
    underWay.catch(() => said.push("rejected"));
    await systemClock.sleep(50);
    await redis.kill();
    await expect(underWay).rejects.toThrow(StoreAway);
    expect(connection.up).toBe(false);
    expect(said).toEqual(["down", "rejected"]);
    await expect(connection.call(write, ["k"], ["v"])).rejects.toThrow(StoreAway);
    await expect(connection.command("PING")).rejects.toThrow(StoreAway);
    await redis.restart();
    await whenUp(connection);
    expect(said).toEqual(["down", "rejected", "up"]);
    expect(await connection.call(write, ["k"], ["v"])).toBe(1);
  });

  test("calls that waited for the end of the turn aren't sent on the next connection", async () => {
    const connection = await connect();
    await connection.command("DEL", "once");
    for (let round = 0; round < 5; round++) {
      let told = 0;
      const going = (async () => {
        for (;;) {
          const batch = Array.from({ length: 20 }, () => connection.call(append, ["once"], ["x"]));
          const results = await Promise.allSettled(batch);
          told += results.filter((result) => result.status === "fulfilled").length;
          if (results.some((result) => result.status === "rejected")) return results;
        }
      })();
      await systemClock.sleep(15);
      await redis.kill();
      const last = await going;
      // A prefix of the batch was done, none after one that wasn't.
      const firstLost = last.findIndex((result) => result.status === "rejected");
      expect(last.slice(firstLost).every((result) => result.status === "rejected")).toBe(true);
      await redis.restart();
      await whenUp(connection);
      const there = Number(await connection.command("LLEN", "once"));
      expect(there).toBeGreaterThanOrEqual(told);
      expect(there).toBeLessThanOrEqual(told + 20);
      await connection.command("DEL", "once");
    }
  });

  test("flushed scripts are loaded again, on a new connection", async () => {
    const connection = await connect();
    await connection.command("SCRIPT", "FLUSH");
    await expect(connection.call(write, ["k"], ["v"])).rejects.toThrow(StoreAway);
    expect(connection.up).toBe(false);
    await whenUp(connection);
    expect(await connection.call(write, ["k"], ["v"])).toBe(1);
  });

  test("it connects whenever the server comes, and says why not once", async () => {
    await redis.kill();
    const { log, lines } = recorder();
    const connection = openConnection(redis.target, { log, clock: systemClock, scripts: [write] });
    opened.push(connection);
    await systemClock.sleep(150);
    expect(connection.up).toBe(false);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("store.connection.broken");
    await redis.restart();
    await whenUp(connection);
    expect(await connection.call(write, ["k"], ["v"])).toBe(1);
  });

  test("a replica that takes no writes isn't up", async () => {
    const connection = await connect();
    await connection.command("REPLICAOF", "127.0.0.1", "1");
    await expect(connection.call(write, ["k"], ["v"])).rejects.toMatchObject({ code: "READONLY" });
    const { log, lines } = recorder();
    const other = openConnection(redis.target, { log, clock: systemClock, scripts: [write] });
    opened.push(other);
    await systemClock.sleep(100);
    expect(other.up).toBe(false);
    expect(lines.join()).toMatch(/READONLY/);
    await redis.restart();
    await Promise.all([whenUp(connection), whenUp(other)]);
  });

  test("a script that can't be compiled keeps it down, and the log names it", async () => {
    const { log, lines } = recorder();
    const broken = script("broken", "this is no Lua");
    const connection = openConnection(redis.target, { log, clock: systemClock, scripts: [broken] });
    opened.push(connection);
    await systemClock.sleep(100);
    expect(connection.up).toBe(false);
    expect(lines.join()).toContain('"kind":"broken"');
  });

  test("closing waits for answers, ends for good, and works while there is no server", async () => {
    const connection = await connect();
    const last = connection.call(write, ["k"], ["last"]);
    await connection.close();
    expect(await last).toBe(1);
    await expect(connection.call(write, ["k"], ["v"])).rejects.toThrow(StoreAway);
    await redis.kill();
    const away = openConnection(redis.target, { log: silent, clock: systemClock });
    await systemClock.sleep(50);
    await away.close();
    expect(away.up).toBe(false);
  });
});

describe("a server that speaks nonsense", () => {
  let server: Server;
  const sockets = new Set<Socket>();
  const nonsense = async (answer: (data: Buffer, socket: Socket) => void): Promise<string> => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("data", (data) => answer(data, socket));
    });
    const path = join(redis.folder, "nonsense.sock");
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return path;
  };
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test("is met again and again, and nothing of what it said is logged", async () => {
    const path = await nonsense((_, socket) => socket.write("HTTP/1.1 400 canary\r\n\r\n"));
    const { log, lines } = recorder();
    const connection = openConnection(
      { kind: "socket", path },
      { log, clock: systemClock, scripts: [write] },
    );
    opened.push(connection);
    await systemClock.sleep(120);
    expect(connection.up).toBe(false);
    expect(lines.join()).not.toContain("canary");
    expect(sockets.size).toBeGreaterThan(1);
  });
});

describe("a user and a password", () => {
  test("are used, and a wrong one is told as a code", async () => {
    const connection = await connect();
    await connection.command(
      "ACL",
      "SETUSER",
      "bridge",
      "on",
      ">sesame",
      "~*",
      "&*",
      "+@all",
      "-config",
      "-info",
      "-hello",
      "-client",
    );
    const port = await freePort();
    await connection.command("CONFIG", "SET", "port", port);
    try {
      const good = {
        kind: "tcp",
        host: "127.0.0.1",
        port,
        username: "bridge",
        password: new Sensitive("sesame"),
      } as const;
      const allowed = await connectTo(good, [write]);
      expect(await allowed.call(write, ["k"], ["v"])).toBe(1);
      await expect(allowed.command("CONFIG", "GET", "*")).rejects.toMatchObject({ code: "NOPERM" });
      await allowed.close();
      const { log, lines } = recorder();
      const refused = openConnection(
        { ...good, password: new Sensitive("canary") },
        { log, clock: systemClock },
      );
      opened.push(refused);
      await systemClock.sleep(100);
      expect(refused.up).toBe(false);
      expect(lines.join()).toContain("WRONGPASS");
      expect(lines.join()).not.toContain("canary");
    } finally {
      await connection.command("CONFIG", "SET", "port", 0);
    }
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

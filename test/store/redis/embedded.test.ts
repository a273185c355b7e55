import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/observe/clock.ts";
import type { Connection } from "../../../src/store/redis/connection.ts";
import { type EmbeddedRedis, startEmbeddedRedis } from "../../../src/store/redis/embedded.ts";
import { EmbeddedRedisFailed } from "../../../src/store/redis/errors.ts";
import { ask } from "../../../src/store/redis/ping.ts";
import type { Guard } from "../../../src/store/redis/server-process.ts";
import { connectTo, silent, whenUp } from "../../support/redis.ts";

const GUARDS: readonly Guard[] = process.platform === "linux" ? ["death-signal", "pipe"] : ["pipe"];

let base: string;
let folder: string;
const started: EmbeddedRedis[] = [];
const connections: Connection[] = [];
const children: ChildProcess[] = [];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "footbridge-state-"));
  folder = join(base, "state");
});
afterEach(async () => {
  await Promise.all(connections.splice(0).map((connection) => connection.close()));
  await Promise.all(started.splice(0).map((redis) => redis.stop()));
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(base, { recursive: true, force: true });
});

type Options = Partial<Parameters<typeof startEmbeddedRedis>[0]>;

async function start(options: Options = {}): Promise<EmbeddedRedis> {
  const redis = await startEmbeddedRedis({ folder, log: silent, clock: systemClock, ...options });
  started.push(redis);
  return redis;
}

async function connect(redis: EmbeddedRedis): Promise<Connection> {
  const connection = await connectTo(redis.target);
  connections.push(connection);
  return connection;
}

/** A process with a server of its own in the folder, once that is ready. */
async function startDaemon(guard: Guard, wait = 10_000): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("daemon.ts", import.meta.url));
  const child = spawn(process.execPath, [script, folder, guard, String(wait)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout ?? child, "data");
  return child;
}

const socket = (): string => join(folder, "redis.sock");

async function until(condition: () => Promise<boolean>, ms = 5_000): Promise<void> {
  const end = systemClock.monotonic() + ms;
  while (!(await condition())) {
    if (systemClock.monotonic() > end) throw new Error(`it didn't happen within ${ms} ms`);
    await systemClock.sleep(10);
  }
}

const nobodyAnswers = async (): Promise<boolean> => (await ask(socket(), "PING", 500)) === undefined;

describe("the embedded Redis", () => {
  test("has no port, syncs every write, evicts nothing, and logs no command", async () => {
    const redis = await start();
    const connection = await connect(redis);
    const config = async (name: string): Promise<string> => {
      const reply = await connection.command("CONFIG", "GET", name);
      return Array.isArray(reply) ? String(reply[1]) : "";
    };
    expect(await config("port")).toBe("0");
    expect(await config("appendonly")).toBe("yes");
    expect(await config("appendfsync")).toBe("always");
    expect(await config("save")).toBe("");
    expect(await config("maxmemory-policy")).toBe("noeviction");
    expect(await config("slowlog-log-slower-than")).toBe("-1");
    expect(await config("latency-monitor-threshold")).toBe("0");
    expect(await config("hash-max-listpack-entries")).toBe("512");
    expect(await config("hash-max-listpack-value")).toBe("128");
    expect(await config("crash-log-enabled")).toBe("no");
  });

  test("is nobody else's: the folder is 0700, the socket too", async () => {
    await start();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(socket())).mode & 0o777).toBe(0o700);
  });

  test("is ready soon, and small", async () => {
    const before = systemClock.monotonic();
    const redis = await start();
    expect(systemClock.monotonic() - before).toBeLessThan(1_000);
    const info = String(await (await connect(redis)).command("INFO", "memory"));
    expect(Number(/used_memory_rss:(\d+)/.exec(info)?.[1])).toBeLessThan(15 * 1024 * 1024);
  });

  test("keeps everything over an orderly stop, and leaves no process", async () => {
    const first = await start();
    const connection = await connect(first);
    await connection.command("SET", "k", "v");
    await connection.close();
    const { pid } = first;
    await first.stop();
    expect(pid !== undefined && isAlive(pid)).toBe(false);
    const second = await start();
    expect(String(await (await connect(second)).command("GET", "k"))).toBe("v");
  });

  test.each(GUARDS)("killed, it is started again at once with all it had (%s)", async (guard) => {
    const redis = await start({ guard });
    const connection = await connect(redis);
    let restarts = 0;
    redis.onRestart(() => restarts++);
    for (let round = 1; round <= 3; round++) {
      await connection.command("SET", `k${round}`, "v");
      const info = String(await connection.command("INFO", "server"));
      const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
      process.kill(pid, "SIGKILL");
      await until(async () => restarts === round);
      await whenUp(connection);
      expect(await connection.command("DBSIZE")).toBe(round);
    }
  });

  test.each(GUARDS)("ends with its parent, however that ends, and frees the folder (%s)", async (guard) => {
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      const daemon = await startDaemon(guard);
      expect(await ask(socket(), "PING", 500)).toBe("+PONG");
      daemon.kill(signal);
      await once(daemon, "exit");
      await until(nobodyAnswers);
    }
    await expect(start({ wait: 2_000 })).resolves.toBeDefined();
  });

  test("no server stays behind when the parent is killed while it starts", { timeout: 60_000 }, async () => {
    const script = fileURLToPath(new URL("daemon.ts", import.meta.url));
    for (let round = 0; round < 12; round++) {
      const child = spawn(process.execPath, [script, folder, "death-signal"], { stdio: "ignore" });
      children.push(child);
      // Somewhere between the first line of the script and PONG.
      await systemClock.sleep(90 + round * 8);
      child.kill("SIGKILL");
      await once(child, "exit");
      await until(nobodyAnswers);
    }
    await expect(start({ wait: 2_000 })).resolves.toBeDefined();
  });

  test("a second daemon in the folder gets one clear sentence, and the first goes on", async () => {
    const redis = await start();
    const second = startEmbeddedRedis({ folder, log: silent, clock: systemClock, wait: 200 });
    await expect(second).rejects.toThrow(EmbeddedRedisFailed);
    await expect(second).rejects.toThrow(
      /another Footbridge uses the state folder .*: stop it, or give this one a folder/,
    );
    expect(await (await connect(redis)).command("PING")).toEqual(Buffer.from("PONG"));
  });

  test("a second daemon doesn't get in while the first one's server is between two lives", async () => {
    const redis = await start();
    const second = startEmbeddedRedis({ folder, log: silent, clock: systemClock, wait: 800 });
    second.catch(() => undefined);
    for (let round = 0; round < 4; round++) {
      await until(async () => redis.pid !== undefined);
      if (redis.pid !== undefined) process.kill(redis.pid, "SIGKILL");
      await systemClock.sleep(100);
    }
    await expect(second).rejects.toThrow(/another Footbridge/);
  });

  test("a predecessor that still stops is waited for", async () => {
    const first = await start();
    const second = start({ wait: 5_000 });
    await systemClock.sleep(150);
    await first.stop();
    started.splice(started.indexOf(first), 1);
    expect((await second).pid).toBeDefined();
  });

  test("says why when its data can't be read", async () => {
    const first = await start();
    await (await connect(first)).command("SET", "k", "v".repeat(200));
    await first.stop();
    const aof = join(folder, "appendonlydir");
    for (const name of await readdir(aof)) {
      if (name.endsWith(".incr.aof"))
        await writeFile(join(aof, name), "*2\r\n$5\r\ncanary this is no AOF\r\n");
    }
    const failed = startEmbeddedRedis({ folder, log: silent, clock: systemClock });
    await expect(failed).rejects.toThrow(/ended while it started: .*append only file/i);
  });

  test("a file that a power cut tore at its end is mended", async () => {
    const first = await start();
    const connection = await connect(first);
    await connection.command("SET", "k", "v");
    await connection.command("SET", "torn", "x".repeat(100));
    await first.stop();
    const aof = join(folder, "appendonlydir");
    for (const name of await readdir(aof)) {
      const path = join(aof, name);
      if (name.endsWith(".incr.aof")) await writeFile(path, (await readFile(path)).subarray(0, -20));
    }
    const second = await connect(await start());
    expect(String(await second.command("GET", "k"))).toBe("v");
    expect(await second.command("GET", "torn")).toBeNull();
  });

  test("says what to do when there is no such program", async () => {
    await expect(start({ binary: "no-such-server" })).rejects.toThrow(/found no no-such-server: install it/);
  });

  test("a program that isn't a server is told, and the folder is free again", async () => {
    const script = join(base, "fake-server");
    await writeFile(script, "#!/bin/sh\necho 'no server here' >&2\nexit 3\n");
    await chmod(script, 0o755);
    await expect(start({ binary: script })).rejects.toThrow(/ended while it started: no server here/);
    await expect(start({ wait: 500 })).resolves.toBeDefined();
  });

  test("a folder with a very long path works", async () => {
    folder = join(base, "a".repeat(90), "b".repeat(90));
    await mkdir(folder, { recursive: true });
    const redis = await start();
    expect(await (await connect(redis)).command("PING")).toEqual(Buffer.from("PONG"));
  });

  test("gets no secret of our environment", async () => {
    process.env.FOOTBRIDGE_TEST_SECRET = "canary";
    try {
      const redis = await start();
      const environment =
        process.platform === "linux" ? await readFile(`/proc/${redis.pid}/environ`, "latin1") : "";
      expect(environment).not.toContain("canary");
    } finally {
      delete process.env.FOOTBRIDGE_TEST_SECRET;
    }
  });

  test("one that hangs is killed when we stop", async () => {
    const redis = await start({ patience: 300 });
    const { pid } = redis;
    if (pid === undefined) throw new Error("it runs");
    process.kill(pid, "SIGSTOP");
    await redis.stop();
    expect(isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

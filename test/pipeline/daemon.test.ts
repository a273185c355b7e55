// The daemon as it is, with its embedded Redis, between two loopback networks.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Config } from "../../src/config/index.ts";
import { type Daemon, startDaemon } from "../../src/daemon.ts";
import { accountId, networkName } from "../../src/model/ids.ts";
import { LIMITS } from "../../src/model/limits.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { HOUR, MINUTE } from "../../src/model/time.ts";
import { createLogger } from "../../src/observe/logger.ts";
import { LoopbackNetwork } from "../support/loopback-network.ts";
import { aWhile, until } from "../support/test-house.ts";

const LOOPBACK = networkName("loopback");
/** 107 octets for a unix socket (unix(7)), less those of `/control.sock`. */
const LONGEST_STATE = 94;
let folder: string;
let here: LoopbackNetwork;
let there: LoopbackNetwork;
let daemon: Daemon | undefined;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "footbridge-daemon-"));
  here = await LoopbackNetwork.start({ token: "token-canary" });
  there = await LoopbackNetwork.start({ token: "token-canary" });
  lines = [];
});
afterEach(async () => {
  await daemon?.stop("test");
  daemon = undefined;
  await here.stop();
  await there.stop();
  await rm(folder, { recursive: true, force: true });
});

function config(drain: number): Config {
  const account = (name: string, network: LoopbackNetwork) => ({
    account: accountId(name),
    network: LOOPBACK,
    config: {
      network: "loopback",
      host: "127.0.0.1",
      port: network.port,
      token: sensitive("token-canary"),
      concurrency: 4,
      timeoutMs: 60_000,
    },
  });
  const party = (name: string, address: string, shown: string) => ({
    network: LOOPBACK,
    account: accountId(name),
    address: sensitive(address),
    name: shown,
  });
  return {
    file: join(folder, "config.yaml"),
    state: folder,
    log: { level: "debug" },
    packages: [],
    timeZone: "UTC",
    keys: { kek: undefined },
    backup: { key: undefined, journal: join(folder, "journal") },
    redis: { kind: "embedded" },
    accounts: [account("here", here), account("there", there)],
    operator: undefined,
    pairs: [{ parties: [party("here", "ana.canary", "Ana"), party("there", "leo.canary", "Leo")] }],
    delivery: {
      deadline: 20 * HOUR,
      attempts: 10,
      firstRetry: 100,
      longestRetry: 1_000,
      firstNotice: 5 * MINUTE,
    },
    limits: { settings: LIMITS, sms: { to: [], refuse: [], costs: {} } },
    drain,
  };
}

const start = async (drain = 5_000, state = folder): Promise<Daemon> => {
  const log = createLogger({
    level: "debug",
    destination: { write: (line: string) => void lines.push(line) },
  });
  const started = await startDaemon({
    config: { ...config(drain), state },
    configPath: join(folder, "config.yaml"),
    log,
  });
  daemon = started;
  return started;
};
const threadOf = (network: LoopbackNetwork) => [...network.state.threads.values()][0];
const open = () => until(() => threadOf(here) !== undefined && threadOf(there) !== undefined);
const arrived = (network: LoopbackNetwork) =>
  (threadOf(network)?.messages ?? []).filter(({ from }) => from === "participant").map(({ text }) => text);
const ana = (text: string) => here.says(threadOf(here)?.id ?? "", "ana.canary", text);

describe("the daemon", () => {
  test("stops once: a second stop is the first one's promise, and it finishes", async () => {
    const running = await start();
    await open();
    const first = running.stop("SIGTERM");
    expect(running.stop("SIGTERM")).toBe(first);
    await first;
    await running.finished;
  });

  test("works off what was accepted, and takes nothing in that it won't keep", async () => {
    const running = await start();
    await open();
    for (let i = 0; i < 30; i++) ana(`${i}`);
    await until(() => arrived(there).length > 0);
    await running.stop("SIGTERM");
    const first = arrived(there).length;
    ana("after");
    await aWhile(100);
    expect(arrived(there)).toHaveLength(first);
    await start();
    await until(() => arrived(there).length === 31);
    expect(arrived(there)).toEqual([...Array.from({ length: 30 }, (_, i) => `${i}`), "after"]);
  });

  test("ends within its limit although a request hangs, and the next one goes on with it", async () => {
    const running = await start(600);
    await open();
    there.fail("send", { kind: "silent", done: true });
    ana("hangs");
    ana("behind");
    await until(() => there.requests >= 2);
    const before = performance.now();
    await running.stop("SIGTERM");
    expect(performance.now() - before).toBeLessThan(2_000);
    await start();
    await until(() => arrived(there).length === 2);
    expect(arrived(there)).toEqual(["hangs", "behind"]);
    expect(arrived(here)).toEqual([]);
  });

  test("refuses a state folder with a path that is too long before anything is there", async () => {
    const state = join(folder, "x".repeat(100));
    await expect(start(5_000, state)).rejects.toThrow(/^the path of the state folder has \d+ octets/);
    expect(existsSync(state)).toBe(false);
    expect(lines).toEqual([]);
  });

  test.runIf(process.platform === "linux")("runs in a state folder with the longest path", async () => {
    const state = join(folder, "x".repeat(LONGEST_STATE - folder.length - 1));
    await start(5_000, state);
    await open();
    ana("hello");
    await until(() => arrived(there).length === 1);
  });

  test("says nothing in its log of whom it serves", async () => {
    await start();
    await open();
    ana("text canary");
    await until(() => arrived(there).length === 1);
    await daemon?.stop("test");
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.join("")).not.toMatch(/canary/);
  });
});

// The daemon as it is, in a process of its own, on a cluster behind TLS as the user of docs/redis.md.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { sensitive } from "../../src/model/sensitive.ts";
import { runInProcess } from "../cli/in-process.ts";
import { startCluster, type TestCluster } from "../support/cluster-redis.ts";
import { LoopbackNetwork } from "../support/loopback-network.ts";
import { AUTHORITY, CLIENT_CERTIFICATE, CLIENT_KEY } from "../support/redis-certificates.ts";
import { documentedRights, OUR_TLS, PASSWORD, tlsSettings, USER } from "../support/secure-redis.ts";
import { aWhile, until } from "../support/test-house.ts";

const FILES = {
  "ca.pem": AUTHORITY,
  "cert.pem": CLIENT_CERTIFICATE,
  "key.pem": CLIENT_KEY,
  password: PASSWORD,
};

const MAIN = fileURLToPath(new URL("../support/loopback-pair-main.ts", import.meta.url));

let folder: string;
let certificates: string;
let cluster: TestCluster;
let here: LoopbackNetwork;
let there: LoopbackNetwork;
let daemon: ChildProcess | undefined;
let output = "";

beforeAll(async () => {
  const { folder: files, settings } = await tlsSettings();
  certificates = files;
  const user = ["--user", USER, "on", `>${PASSWORD}`, ...documentedRights()];
  cluster = await startCluster({
    fsync: "always",
    moreOf: (port) => ["--tls-port", `${port}`, "--port", "0", "--tls-cluster", "yes", ...settings, ...user],
    way: { username: USER, password: sensitive(PASSWORD), tls: OUR_TLS },
  });
  here = await LoopbackNetwork.start({ token: "token-canary" });
  there = await LoopbackNetwork.start({ token: "token-canary" });
  folder = mkdtempSync(join(tmpdir(), "footbridge-cluster-"));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const account = ({ port }: LoopbackNetwork) => ({
    ...{ network: "loopback", host: "127.0.0.1", port, token: "token-canary" },
  });
  const config = {
    state: "./state",
    redis: {
      cluster: cluster.nodes.slice(0, 2).map(({ port }) => `rediss://127.0.0.1:${port}`),
      username: USER,
      password: { file: "password" },
      tls: { ca: { file: "ca.pem" }, cert: { file: "cert.pem" }, key: { file: "key.pem" } },
    },
    accounts: { here: account(here), there: account(there) },
  };
  writeFileSync(join(folder, "config.yaml"), stringify(config), { mode: 0o600 });
  await start();
  await until(() => threadOf(here) !== undefined && threadOf(there) !== undefined, 10_000);
  // A thread is there a moment before the bridge knows that it is.
  await until(async () => {
    const { out } = await footbridge("status", "--json");
    const { accounts } = JSON.parse(out.join("\n")) as { accounts: readonly { queued: number }[] }; // of status
    return accounts.every(({ queued }) => queued === 0);
  }, 10_000);
}, 60_000);
afterAll(async () => {
  await end("SIGTERM");
  await Promise.all([here.stop(), there.stop(), cluster.stop()]);
  for (const each of [folder, certificates]) rmSync(each, { recursive: true, force: true });
});

/** Starts the daemon; resolves when it lets texts in. */
async function start(): Promise<void> {
  const child = spawn(process.execPath, [MAIN, join(folder, "config.yaml")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  daemon = child;
  const from = output.length;
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('"event":"daemon.ready"', from)) resolve();
    });
    child.once("exit", () =>
      reject(new Error(`the daemon ended before it was ready: ${output.slice(from)}`)),
    );
  });
}

async function end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
  const child = daemon;
  daemon = undefined;
  if (child === undefined || child.exitCode !== null) return null;
  const gone = once(child, "exit");
  child.kill(signal);
  const [code] = (await gone) as [number | null]; // as Node has it
  return code;
}

const threadOf = (network: LoopbackNetwork) => [...network.state.threads.values()][0];
const arrived = (network: LoopbackNetwork): string[] =>
  (threadOf(network)?.messages ?? []).filter(({ from }) => from === "participant").map(({ text }) => text);
const footbridge = (...args: string[]) =>
  runInProcess([...args, "--config", join(folder, "config.yaml")], {}, () => import("../../src/daemon.ts"));

let said = 0;
/** Both write some texts. */
async function talk(count: number): Promise<void> {
  for (let i = 0; i < count; i++, said++) {
    here.says(threadOf(here)?.id ?? "", "ana.canary", `${said}`);
    there.says(threadOf(there)?.id ?? "", "leo.canary", `${said}`);
    await aWhile(2);
  }
}
async function expectAll(): Promise<void> {
  const all = Array.from({ length: said }, (_, i) => `${i}`);
  await until(() => arrived(here).length >= said && arrived(there).length >= said, 40_000);
  await aWhile();
  expect([arrived(here), arrived(there)]).toEqual([all, all]);
}

describe("a daemon on a cluster", () => {
  test("carries texts both ways, and says that all is well", async () => {
    await talk(50);
    await expectAll();
    await until(async () => (await footbridge("doctor")).code === 0);
    const { out } = await footbridge("doctor");
    expect(out.join("\n")).toMatch(/^ok {7}redis: a cluster with 3 masters, version 7/m);
    const audit = await footbridge("audit");
    expect(audit.out.at(-1)).toBe("All keys are explained, and all that must have a TTL have one");
    expect((await footbridge("status")).out.join("\n")).toMatch(/Redis: external.*up, \d/);
    expect((await footbridge("health")).code).toBe(0);
  }, 60_000);

  test("isn't ready while one of its masters is silent", async () => {
    await cluster.nodes[1]?.ask("CLIENT", "PAUSE", 8_000, "ALL");
    await until(async () => (await footbridge("health")).code === 1, 7_000);
    await until(async () => (await footbridge("health")).code === 0, 30_000);
  }, 90_000);

  test("loses nothing, doubles nothing and keeps the order when it is killed and started again", async () => {
    const talking = talk(100);
    await aWhile(150);
    await end("SIGKILL");
    await talking;
    await start();
    await expectAll();
  }, 120_000);

  test("stops in order and is looked at from without", async () => {
    expect(await end("SIGTERM")).toBe(0);
    const { out } = await footbridge("doctor");
    expect(out.join("\n")).toMatch(/^ok {7}redis: a cluster with 3 masters, version 7/m);
    expect(output).not.toMatch(/canary/);
  });
});

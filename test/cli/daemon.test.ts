// The commands against the daemon as it is: with its embedded Redis, its keys and a loopback network.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { loadConfig } from "../../src/config/index.ts";
import { adapters, type Daemon, startDaemon } from "../../src/daemon.ts";
import { createLogger } from "../../src/observe/logger.ts";
import { LoopbackNetwork } from "../support/loopback-network.ts";
import { until } from "../support/test-house.ts";
import { runInProcess } from "./in-process.ts";

let folder: string;
let config: string;
let network: LoopbackNetwork;
let daemon: Daemon;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fb-commands-"));
  config = join(folder, "config.yaml");
  network = await LoopbackNetwork.start({ token: "token-canary" });
  const account = { network: "loopback", host: "127.0.0.1", port: network.port, token: "token-canary" };
  writeFileSync(config, stringify({ state: "./state", accounts: { here: account } }), { mode: 0o600 });
  const log = createLogger({ level: "silent" });
  daemon = await startDaemon({ config: loadConfig(config, { adapters, env: {} }), configPath: config, log });
});
afterEach(async () => {
  await daemon.stop("test");
  await network.stop();
  rmSync(folder, { recursive: true, force: true });
});

const footbridge = (...args: string[]) =>
  runInProcess([...args, "--config", config], {}, () => import("../../src/daemon.ts"));

describe("beside a daemon that is well", () => {
  it("footbridge audit explains all that its Redis holds, and exits with 0", async () => {
    const { code, out, err } = await footbridge("audit");
    expect(err).toEqual([]);
    expect(out.at(-1)).toBe("All keys are explained, and all that must have a TTL have one");
    expect(code).toBe(0);
  });

  it("footbridge doctor finds nothing wrong, and exits with 0", async () => {
    await until(async () => (await footbridge("doctor")).code === 0); // the account has connected
    const { out, err } = await footbridge("doctor");
    expect(err).toEqual([]);
    expect(out.filter((line) => !line.startsWith("ok "))).toEqual([
      expect.stringMatching(/^\d+ ok, 0 warnings, 0 problems$/),
    ]);
    expect(out.join("\n")).toMatch(/^ok {7}account here: connected$/m);
  });

  it("footbridge doctor tells of an account whose network went away, without its address", async () => {
    await until(async () => (await footbridge("doctor")).code === 0);
    await network.stop();
    await until(async () => (await footbridge("doctor")).code === 1);
    const { out } = await footbridge("doctor", "--json");
    const { checks } = JSON.parse(out[0] ?? "");
    expect(checks).toContainEqual({
      check: "account here",
      status: "problem",
      found: expect.stringMatching(/^disconnected for \d+s \(/),
      remedy: expect.stringMatching(/\w{3,}/),
    });
    expect(out.join()).not.toMatch(/canary|127\.0\.0\.1/);
  });
});

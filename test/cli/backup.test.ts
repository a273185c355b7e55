// backup and restore as an operator types them, against the daemon as it is: with its embedded Redis, keys on disk, a loopback
// network.

import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { rename } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { loadConfig } from "../../src/config/index.ts";
import { adapters, type Daemon, startDaemon } from "../../src/daemon.ts";
import { BACKUP_HEADER } from "../../src/http/control-api.ts";
import { controlSocketPath } from "../../src/http/control-socket.ts";
import { createLogger } from "../../src/observe/logger.ts";
import { LoopbackNetwork } from "../support/loopback-network.ts";
import { until } from "../support/test-house.ts";
import { runInProcess } from "./in-process.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/footbridge.cjs", import.meta.url));

let folder: string;
let config: string;
let network: LoopbackNetwork;
let daemon: Daemon | undefined;
const lines: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fb-backup-"));
  config = join(folder, "config.yaml");
  network = await LoopbackNetwork.start({ token: "token-canary" });
  writeConfig();
});
afterEach(async () => {
  await daemon?.stop("test");
  daemon = undefined;
  await network.stop();
  rmSync(folder, { recursive: true, force: true });
});

function writeConfig(backup: Readonly<Record<string, unknown>> = {}): void {
  const account = { network: "loopback", host: "127.0.0.1", port: network.port, token: "token-canary" };
  const text = stringify({ state: "./state", backup, accounts: { here: account } });
  writeFileSync(config, text, { mode: 0o600 });
}

const footbridge = (...args: string[]) =>
  runInProcess([...args, "--config", config], {}, () => import("../../src/daemon.ts"));
const at = (name: string): string => join(folder, name);

async function start(): Promise<void> {
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ level: "info", destination });
  daemon = await startDaemon({ config: loadConfig(config, { adapters, env: {} }), configPath: config, log });
}

async function stop(): Promise<void> {
  await daemon?.stop("test");
  daemon = undefined;
}

/** A key whose sealing half stands in the config; its opening half is in the file `key`. */
async function withKey(): Promise<void> {
  const { code, out } = await footbridge("backup", "--new-key", at("key"));
  expect(code).toBe(0);
  const sealing = out.find((line) => line.startsWith("  key: "))?.slice("  key: ".length);
  writeConfig({ key: sealing });
}

/** Somebody writes to the bridge, so that there is a person. */
async function somebodyWrites(): Promise<void> {
  network.says("thread-canary", "ana.canary", "hello");
  await until(async () => {
    const { out } = await footbridge("audit", "--json");
    const report = JSON.parse(out[0] ?? "{}") as { families?: { family: string; keys: number }[] };
    return report.families?.some(({ family, keys }) => family === "person" && keys > 0) === true;
  });
}

describe("footbridge backup", () => {
  test("makes a key in a file of its own, and never over another", async () => {
    await withKey();
    expect(statSync(at("key")).mode & 0o777).toBe(0o600);
    const before = readFileSync(at("key"), "utf8");
    const again = await footbridge("backup", "--new-key", at("key"));
    expect([again.code, again.err]).toEqual([1, [expect.stringMatching(/is there already/)]]);
    expect(readFileSync(at("key"), "utf8")).toBe(before);
    const sealing = readFileSync(config, "utf8");
    expect(sealing).toContain("footbridge-backup-seal-1:");
    expect(sealing).not.toContain(before.split(":")[1]?.slice(0, 30));
  });

  test("writes a file that only its key opens; --verify reads it whole", async () => {
    await withKey();
    await start();
    await somebodyWrites();
    const made = await footbridge("backup", at("one.backup"));
    expect([made.code, made.err]).toEqual([0, []]);
    expect(made.out[0]).toMatch(/^Backup: .*one\.backup, 0\.0 MB, 1 persons, \d conversations$/);
    expect(statSync(at("one.backup")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
    expect(readdirSync(at("state")).filter((name) => name.endsWith(".draft"))).toEqual([]);
    expect(readFileSync(at("one.backup"), "latin1")).not.toContain("canary");
    const whole = await footbridge("backup", "--verify", at("one.backup"), "--key", at("key"));
    expect([whole.code, whole.out[0]]).toEqual([0, expect.stringMatching(/^Whole: 1 persons, /)]);
    await footbridge("backup", "--new-key", at("other-key"));
    const other = await footbridge("backup", "--verify", at("one.backup"), "--key", at("other-key"));
    expect([other.code, other.err]).toEqual([1, [expect.stringMatching(/was sealed for the key /)]]);
    // Into a pipe, by the real command line.
    const piped = await promisify(execFile)(process.execPath, [LAUNCHER, "backup", "-", "--config", config], {
      encoding: "buffer",
    });
    expect(piped.stderr.toString()).toMatch(/^Backup: the standard output, /);
    writeFileSync(at("piped.backup"), piped.stdout);
    const second = await footbridge("backup", "--verify", at("piped.backup"), "--key", at("key"));
    expect([second.code, second.out[0]]).toEqual([0, whole.out[0]]);
    // Never over a file that is there.
    const again = await footbridge("backup", at("one.backup"));
    expect([again.code, again.err]).toEqual([1, [expect.stringMatching(/is there already/)]]);
    const logged = lines.join("\n");
    expect(logged).toContain("backup.made");
    expect(logged).not.toMatch(/canary|footbridge-backup/);
  });

  test("says what is missing: a key in the config, a running bridge, a folder, the opening half", async () => {
    const away = await footbridge("backup", at("x"));
    expect([away.code, away.err]).toEqual([
      3,
      [expect.stringMatching(/a backup is made by the one that runs/)],
    ]);
    await start();
    const unsealed = await footbridge("backup", at("x"));
    expect([unsealed.code, unsealed.err]).toEqual([1, [expect.stringMatching(/names no backup key/)]]);
    await stop();
    await withKey();
    await start();
    const nowhere = await footbridge("backup", at("no/such/folder"));
    expect([nowhere.code, nowhere.err]).toEqual([1, [expect.stringMatching(/\(ENOENT\)/)]]);
    const keyless = await footbridge("backup", "--verify", at("x"));
    expect([keyless.code, keyless.err]).toEqual([2, [expect.stringMatching(/no key opens the backup/)]]);
    const sealing = readFileSync(config, "utf8").match(/footbridge-backup-seal-1:\S+/)?.[0] ?? "";
    writeFileSync(at("wrong"), sealing, { mode: 0o600 });
    const wrong = await footbridge("backup", "--verify", at("x"), "--key", at("wrong"));
    expect([wrong.code, wrong.err]).toEqual([1, [expect.stringMatching(/isn't the opening half/)]]);
    chmodSync(at("key"), 0o644);
    const shown = await footbridge("backup", "--verify", at("x"), "--key", at("key"));
    expect([shown.code, shown.err]).toEqual([2, [expect.stringMatching(/others can read it/)]]);
    expect((await footbridge("backup", at("x"), "--new-key", at("y"))).code).toBe(2);
    expect(existsSync(at("x"))).toBe(false);
  });
});

describe("footbridge backup that is ended from outside", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("leaves no half of a file: %s", async (signal) => {
    mkdirSync(at("state"), { mode: 0o700 });
    // A daemon that never comes to the end of a backup.
    const report = {
      bytes: 1_000,
      persons: 1,
      conversations: 1,
      leftOut: 0,
      created: 1,
      expires: 2,
      still: true,
    };
    const server = createServer((_, response) => {
      response.writeHead(200, { "content-length": "1000", [BACKUP_HEADER]: JSON.stringify(report) });
      response.write("half");
    });
    await new Promise<void>((done) => server.listen(controlSocketPath(at("state")), done));
    const child = spawn(process.execPath, [LAUNCHER, "backup", at("one.backup"), "--config", config]);
    try {
      const ended = once(child, "exit");
      const parts = () => readdirSync(folder).filter((name) => name.startsWith("one.backup"));
      await until(async () => parts().length > 0);
      expect(parts()).toEqual([expect.stringMatching(/^one\.backup\.[0-9a-f]{8}\.part$/)]);
      child.kill(signal);
      expect(await ended).toEqual([null, signal]);
      expect(parts()).toEqual([]);
    } finally {
      child.kill("SIGKILL");
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("footbridge restore", () => {
  test("brings a lost state back, and refuses every other place and file before it writes", async () => {
    await withKey();
    await start();
    await somebodyWrites();
    await footbridge("backup", at("one.backup"));
    const restore = (file: string, ...more: string[]) =>
      footbridge("restore", at(file), "--key", at("key"), ...more);
    await stop();

    const full = await restore("one.backup");
    expect([full.code, full.err]).toEqual([
      1,
      [expect.stringMatching(/^footbridge: Redis isn't empty, it holds /)],
    ]);

    await rename(at("state"), at("lost"));
    const none = await restore("one.backup");
    expect([none.code, none.err]).toEqual([
      1,
      [expect.stringMatching(/found no journal at .*--without-journal/)],
    ]);
    const cut = readFileSync(at("one.backup"));
    writeFileSync(at("cut.backup"), cut.subarray(0, cut.length - 20));
    writeFileSync(
      at("altered.backup"),
      Buffer.concat([cut.subarray(0, 600), Buffer.from([1]), cut.subarray(601)]),
    );
    const journal = at("lost/journal");
    for (const [file, why] of [
      ["cut.backup", /lacks its end|altered/],
      ["altered.backup", /altered/],
      ["config.yaml", /is no backup of Footbridge/],
      ["not-there", /can't be read \(ENOENT\)/],
    ] as const) {
      const { code, err } = await restore(file, "--journal", journal);
      expect([file, code, err]).toEqual([file, 1, [expect.stringMatching(why)]]);
    }
    execFileSync("mkfifo", [at("pipe")]);
    const pipe = await restore("pipe", "--journal", journal); // it is read twice
    expect([pipe.code, pipe.err]).toEqual([1, [expect.stringMatching(/pipe is no file .*copy it/)]]);
    expect((await restore(".", "--journal", journal)).err).toEqual([expect.stringMatching(/is no file/)]);
    expect(existsSync(at("state"))).toBe(false); // nothing was written, not even a folder

    appendFileSync(journal, '{"at":1,"kind":"forg');
    const done = await restore("one.backup", "--journal", journal);
    expect([done.err, done.code]).toEqual([[], 0]);
    expect(done.out[0]).toMatch(/^Restored as of .*: 1 persons, /);
    expect(done.out[2]).toMatch(/^Lines of the journal that can't be read, and were left out: 1 /);
    await start();
    const running = await restore("one.backup");
    expect([running.code, running.err]).toEqual([
      1,
      [expect.stringMatching(/a bridge runs with this state folder: stop it first/)],
    ]);
    const audit = await footbridge("audit");
    expect([audit.code, audit.err]).toEqual([0, []]);
    const second = await footbridge("backup", at("two.backup"), "--json");
    expect(JSON.parse(second.out[0] ?? "{}")).toMatchObject({ persons: 1, leftOut: 0 });
  }, 20_000);

  test("without a journal says what may be as before", async () => {
    await withKey();
    await start();
    await footbridge("backup", at("one.backup"));
    await stop();
    rmSync(at("state"), { recursive: true });
    const done = await footbridge("restore", at("one.backup"), "--key", at("key"), "--without-journal");
    expect(done.code).toBe(0);
    expect(done.out.join("\n")).toContain(
      "whoever was forgotten, unlinked or blocked since then is as before",
    );
  });
});

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../src/adapter/check.ts";
import type { ControlHandlers } from "../../src/http/control-api.ts";
import { openControlServer } from "../../src/http/control-server.ts";
import { createClock } from "../../src/observe/clock.ts";
import { createRandom } from "../../src/observe/random.ts";
import { openFileKeyStore } from "../../src/privacy/file-key-store.ts";
import { loadKek } from "../../src/privacy/kek.ts";
import { openKeyring } from "../../src/privacy/keyring.ts";
import { GOOD, testAdapters } from "../config/test-adapters.ts";
import { freePort } from "../peers/synapse/process.ts";
import { silent, startTestRedis } from "../support/redis.ts";
import { runInProcess } from "./in-process.ts";

let folder: string;
let config: string;
let state: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-doctor-"));
  config = join(folder, "config.yaml");
  state = join(folder, "state");
  mkdirSync(join(folder, "secrets"));
  writeFileSync(join(folder, "secrets/smpp"), "password-canary", { mode: 0o600 });
  writeFileSync(config, GOOD, { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Report {
  readonly checks: readonly Finding[];
  readonly problems: number;
  readonly warnings: number;
}

const TOKEN = "token-canary";
type Adapters = Parameters<typeof runInProcess>[2];

async function examined(loadDaemon?: Adapters): Promise<Report & { readonly code: number }> {
  const { code, out, err } = await runInProcess(["doctor", "--json", "-c", config], { TOKEN }, loadDaemon);
  expect(err).toEqual([]);
  expect(out).toHaveLength(1);
  expect(out.join()).not.toMatch(/canary|5550|Alice|smsc\.example/i);
  return { code, ...(JSON.parse(out[0] ?? "") as Report) }; // looked at by each test
}
const about = async (check: string) => (await examined()).checks.filter((finding) => finding.check === check);

/** What a daemon leaves in its state folder. */
async function makeState(clock = createClock()): Promise<void> {
  mkdirSync(state, { mode: 0o700 });
  mkdirSync(join(state, "redis"), { mode: 0o700 });
  const random = createRandom();
  const keys = join(state, "keys");
  const kek = await loadKek(
    { kind: "file", path: join(state, "kek"), create: true },
    { random, keyFolder: keys },
  );
  const store = await openFileKeyStore({ folder: keys, kek, clock, log: silent, random });
  await openKeyring({ store, clock, random, log: silent });
  await store.close();
}

async function beside<T>(doctor: ControlHandlers["doctor"], run: () => Promise<T>): Promise<T> {
  const unused = async () => Promise.reject(new Error("not asked here"));
  const handlers: ControlHandlers = {
    status: unused,
    buried: unused,
    retry: unused,
    drop: unused,
    audit: unused,
    doctor,
    greet: unused,
    pair: () => "unknown",
    unpair: async () => "unknown",
  };
  const server = await openControlServer({ stateFolder: state, handlers, onError: () => undefined });
  try {
    return await run();
  } finally {
    await server.close();
  }
}

describe("footbridge doctor", () => {
  it("before the first start finds a config that can be started, and nothing that is wrong", async () => {
    const { code, checks, problems } = await examined();
    const aboutThisMachine = ["memory", "kind of disk"]; // how much is free now, and where /tmp is
    const said = checks.filter(({ check }) => !aboutThisMachine.includes(check));
    expect(said.map(({ check, status }) => `${status} ${check}`)).toEqual([
      "ok node",
      "ok config",
      "warning limits",
      "ok time zone",
      "ok open files",
      "warning state folder",
      "ok place of the keys",
      "ok keys",
      "warning daemon",
      "ok redis",
    ]);
    expect({ code, problems }).toEqual({ code: 0, problems: 0 });
    expect(readdirSync(folder).toSorted()).toEqual(["config.yaml", "secrets"]);
  });

  it("prints one line each, and how many there are of each kind", async () => {
    const { code, out } = await runInProcess(["doctor", "-c", config], { TOKEN });
    expect(code).toBe(0);
    expect(out[0]).toBe(`ok       node: version ${process.versions.node}`);
    expect(out[1]).toBe("ok       config: valid, 2 accounts, 1 pair");
    expect(out).toContain(
      'warning  daemon: none is running: start it with "footbridge run"; what only a running one knows wasn\'t checked',
    );
    expect(out.at(-1)).toMatch(/^[789] ok, [345] warnings, 0 problems$/); // memory, and where /tmp is
    const [ok = 0, warnings = 0] = (out.at(-1)?.match(/\d+/g) ?? []).map(Number);
    expect(out).toHaveLength(ok + warnings + 1);
  });

  it("after a start that is over finds state and keys as they should be", async () => {
    await makeState();
    const { code, checks } = await examined();
    expect(code).toBe(0);
    const wrong = checks.filter(({ status }) => status !== "ok").map(({ check }) => check);
    expect(wrong.filter((check) => check !== "memory" && check !== "kind of disk")).toEqual([
      "limits",
      "daemon",
    ]);
    expect(checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(["state folder", "keys", "disk"]),
    );
  });

  it("passes on what a running daemon finds, and doesn't look for its Redis by itself", async () => {
    await makeState();
    const findings: readonly Finding[] = [
      { check: "redis", status: "ok", found: "all well" },
      { check: "account sms-main", status: "problem", found: "stopped", remedy: "start it" },
    ];
    const { code, checks } = await beside(
      async () => findings,
      () => examined(),
    );
    expect(code).toBe(1);
    expect(checks.slice(-2)).toEqual(findings);
    expect(checks.filter(({ check }) => check === "redis")).toHaveLength(1);
  });

  it("says when a running daemon can't answer", async () => {
    await makeState();
    const failing = async () => Promise.reject(new TypeError("+15550100"));
    const found = await beside(failing, () => about("daemon"));
    expect(found).toEqual([
      {
        check: "daemon",
        status: "problem",
        found: "it can't be asked",
        remedy: "the daemon couldn't do it (TypeError); its log says more",
      },
    ]);
  });
});

describe("footbridge doctor that can't do its work", () => {
  it("says that a part of the program is missing, and ends", async () => {
    const missing = Object.assign(new Error("Cannot find package 'canary'"), {
      code: "ERR_MODULE_NOT_FOUND",
    });
    const { code, checks } = await examined(() => Promise.reject(missing));
    expect(code).toBe(1);
    expect(checks.slice(1)).toEqual([
      {
        check: "program",
        status: "problem",
        found: "a part of it can't be loaded (Error, ERR_MODULE_NOT_FOUND)",
        remedy: 'install it anew ("npm ci" in a clone)',
      },
    ]);
  });

  it("goes on when the config can't even be looked at", async () => {
    const { checks, code } = await examined(async () => ({
      loadAdapters: () => Promise.reject(new RangeError("canary")),
      startDaemon: () => Promise.reject(new Error("not started here")),
    }));
    expect(code).toBe(1);
    expect(checks.slice(1)).toMatchObject([
      { check: "config", status: "problem", found: "this can't be checked (RangeError)" },
    ]);
  });
});

describe("a check of the config", () => {
  it("tells all that is wrong, a line each, and still looks at the rest", async () => {
    writeFileSync(config, `${GOOD}drain: 1y\nlog: {level: loud}\n`);
    await makeState();
    const { code, checks } = await examined();
    expect(code).toBe(1);
    expect(checks.filter(({ check }) => check === "config")).toEqual([
      expect.objectContaining({ status: "problem", found: expect.stringMatching(/:20:8: drain: found /) }),
      {
        check: "config",
        status: "problem",
        found: `${config}:21:14: log.level: found "loud"`,
        remedy: expect.stringMatching(/^expected one of debug, info, warn, error/),
      },
    ]);
    expect(checks.map(({ check }) => check)).toContain("state folder");
  });

  it("that isn't there is a problem with what to do: 1", async () => {
    rmSync(config);
    const { code, checks } = await examined();
    expect(code).toBe(1);
    expect(checks.at(-1)).toMatchObject({
      check: "config",
      remedy: expect.stringContaining("--config FILE"),
    });
  });

  it("warns of a secret that others may read", async () => {
    chmodSync(join(folder, "secrets/smpp"), 0o644);
    expect(await about("config")).toEqual([
      expect.objectContaining({ status: "ok" }),
      {
        check: "config",
        status: "warning",
        found: expect.stringMatching(/password: others on this machine may read secrets\/smpp$/),
        remedy: '"chmod 600" closes it',
      },
    ]);
  });
});

describe("a check of the state folder", () => {
  it.each([
    [".", 0o755, /state is open to other users \(mode 755\)$/],
    ["keys", 0o750, /^keys is open to other users \(mode 750\)$/],
    ["redis", 0o701, /^redis is open/],
    ["kek", 0o640, /^kek is open/],
  ])("tells of %s that is open to others (%o), and the remedy closes it", async (name, mode, found) => {
    await makeState();
    chmodSync(join(state, name), mode);
    const [finding] = await about("state folder");
    expect(finding).toMatchObject({ status: "problem", found: expect.stringMatching(found) });
    expect(finding).toMatchObject({ remedy: `run chmod -R go= ${state}` });
    execFileSync("chmod", ["-R", "go=", state]);
    expect(await about("state folder")).toMatchObject([{ status: "ok" }]);
  });

  it("says of how many keys it is true", async () => {
    await makeState();
    for (const name of readdirSync(join(state, "keys"))) chmodSync(join(state, "keys", name), 0o644);
    const [finding] = await about("state folder");
    expect(finding?.found).toMatch(/^keys\/[0-9a-f]{16}\.key, as \d+ more in .*, is open to other users/);
  });

  it("doesn't mind what the operator keeps there", async () => {
    await makeState();
    writeFileSync(join(state, "notes"), "mine", { mode: 0o644 });
    expect(await about("state folder")).toMatchObject([{ status: "ok" }]);
  });

  it.runIf(process.getuid?.() === 0)("tells of what belongs to another user", async () => {
    await makeState();
    const { chownSync } = await import("node:fs");
    chownSync(join(state, "kek"), 12_345, 12_345);
    expect(await about("state folder")).toMatchObject([
      { status: "problem", found: "kek belongs to another user" },
    ]);
    chownSync(state, 12_345, 12_345);
    expect(await about("state folder")).toMatchObject([
      { status: "problem", found: `${state} belongs to another user` },
    ]);
  });
});

describe("a check of the keys", () => {
  const keyFile = () => join(state, "keys", readdirSync(join(state, "keys")).toSorted().at(-1) ?? "");

  it("opens them all, and says how many there are", async () => {
    await makeState();
    const count = readdirSync(join(state, "keys")).length;
    expect(await about("keys")).toEqual([
      { check: "keys", status: "ok", found: `the key-encryption key opens all of them, ${count} in number` },
    ]);
  });

  it("tells of a damaged key, and leaves it as it is", async () => {
    await makeState();
    const path = keyFile();
    const { size } = statSync(path);
    writeFileSync(path, Buffer.alloc(size, 7));
    expect(await about("keys")).toMatchObject([
      { status: "problem", found: expect.stringMatching(/^1 of \d+ keys are damaged$/) },
    ]);
    expect(statSync(path).size).toBe(size);
  });

  it("doesn't mind one whose writing was cut short", async () => {
    await makeState();
    writeFileSync(join(state, "keys", "00000000000000aa.key"), "FB", { mode: 0o600 });
    expect(await about("keys")).toMatchObject([{ status: "ok" }]);
  });
});

describe("a check of Redis without a daemon", () => {
  const external = (port: number, more = "") =>
    writeFileSync(config, `${GOOD}redis: {url: "redis://127.0.0.1:${port}"${more}}\n`);

  it("looks at an external one as the daemon does, and at its clock", async () => {
    const port = await freePort();
    const redis = await startTestRedis({ fsync: "everysec", more: ["--port", String(port)] });
    try {
      external(port);
      const { code, checks } = await examined();
      expect(code).toBe(1);
      expect(checks.slice(-3)).toMatchObject([
        { check: "redis", status: "problem", found: "found appendfsync everysec, expected always" },
        { check: "redis memory", status: "ok" },
        { check: "clock", status: "ok" },
      ]);
      external(port, ", allow: [everysec]");
      expect(await about("redis")).toMatchObject([{ status: "warning" }]);
    } finally {
      await redis.stop();
    }
  });

  it("says which program the daemon would start", async () => {
    expect(await about("redis")).toMatchObject([
      { status: "ok", found: expect.stringMatching(/^(redis|valkey)-server \d+\.\d+\.\d+ is there/) },
    ]);
  });
});

describe("a check of the networks", () => {
  it("is what each account's adapter finds from here, named after the account", async () => {
    const asked: unknown[] = [];
    const { checks, code } = await examined(async () => ({
      loadAdapters: async () =>
        testAdapters.map((adapter) =>
          adapter.network === "sms"
            ? adapter
            : {
                ...adapter,
                check: async (part: unknown, { running }: { running: boolean }) => {
                  asked.push(part, running);
                  return [
                    { check: "homeserver", status: "problem" as const, found: "away", remedy: "start it" },
                  ];
                },
              },
        ),
      startDaemon: () => Promise.reject(new Error("not started here")),
    }));
    expect(code).toBe(1);
    expect(checks.at(-1)).toEqual({
      check: "account matrix: homeserver",
      status: "problem",
      found: "away",
      remedy: "start it",
    });
    expect(asked).toEqual([expect.objectContaining({ network: "matrix" }), false]);
  });

  it("goes on when one fails, without its words", async () => {
    const { checks } = await examined(async () => ({
      loadAdapters: async () =>
        testAdapters.map((adapter) => ({
          ...adapter,
          check: async () => Promise.reject(new TypeError("canary +15550100")),
        })),
      startDaemon: () => Promise.reject(new Error("not started here")),
    }));
    expect(checks.slice(-2)).toEqual(
      ["matrix", "sms-main"].map((account) => ({
        check: `account ${account}: network`,
        status: "problem",
        found: "this can't be checked (TypeError)",
        remedy: "please report it, if it isn't the disk",
      })),
    );
  });
});

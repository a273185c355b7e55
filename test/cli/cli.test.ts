import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ControlHandlers, StatusReport } from "../../src/http/control-api.ts";
import { openControlServer } from "../../src/http/control-server.ts";
import { GOOD } from "../config/test-adapters.ts";

const LAUNCHER = join(import.meta.dirname, "../../bin/footbridge.cjs");
const FAKE_MAIN = join(import.meta.dirname, "fake-daemon-main.ts");
const SYSTEM_NODE = "/usr/bin/node";

let folder: string;
let config: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-cli-"));
  config = join(folder, "config.yaml");
  mkdirSync(join(folder, "secrets"));
  mkdirSync(join(folder, "state"), { mode: 0o700 });
  writeFileSync(join(folder, "secrets/smpp"), "password", { mode: 0o600 });
  writeFileSync(config, GOOD);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function finish(child: ChildProcess): Promise<Result> {
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (part) => {
    out += part;
  });
  child.stderr?.setEncoding("utf8").on("data", (part) => {
    err += part;
  });
  const [code] = await once(child, "close");
  return { code, out, err };
}

function start(args: readonly string[], env: Record<string, string> = {}, script = LAUNCHER): ChildProcess {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: folder,
    env: { ...process.env, TOKEN: "t", FOOTBRIDGE_CONFIG: "", ...env },
  });
  children.push(child);
  return child;
}

const footbridge = (args: readonly string[], env?: Record<string, string>) => finish(start(args, env));

describe("help and usage", () => {
  it.each([
    [["--help"]],
    [["run", "--help"]],
    [["status", "--help"]],
    [["buried", "--help"]],
    [["audit", "--help"]],
    [["doctor", "--help"]],
  ])("%j explains itself with an example on stdout and exits with 0", async (args) => {
    const { code, out, err } = await footbridge(args);
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(out).toMatch(/^Usage: footbridge/);
    expect(out).toMatch(/Examples?:\n {2}footbridge/);
  });

  it.each([[["statu"]], [[]], [["status", "--jsn"]], [["buried", "retry"]], [["run", "extra"]]])(
    "%j is a wrong command line: 2, and nothing on stdout",
    async (args) => {
      const { code, out, err } = await footbridge(args);
      expect(code).toBe(2);
      expect(out).toBe("");
      expect(err).not.toBe("");
    },
  );

  it("a config that isn't there is said in one sentence with what to do: 2", async () => {
    const { code, err } = await footbridge(["status", "--config", "none.yaml"]);
    expect(code).toBe(2);
    expect(err).toContain("none.yaml: found no such file, expected a config file");
  });

  it("finds the config by FOOTBRIDGE_CONFIG", async () => {
    const { code, err } = await footbridge(["status"], { FOOTBRIDGE_CONFIG: join(folder, "elsewhere.yaml") });
    expect(code).toBe(2);
    expect(err).toContain("elsewhere.yaml");
  });
});

describe("a command to a daemon that isn't there", () => {
  it("exits with 3 and says how to start one", async () => {
    const { code, out, err } = await footbridge(["status"]);
    expect(code).toBe(3);
    expect(out).toBe("");
    expect(err).toMatch(/^footbridge: no daemon answers at .*control\.sock: start it with "footbridge run"/);
  });

  it("with --json the last line on stdout is an object all the same", async () => {
    const { code, out } = await footbridge(["buried", "--json"]);
    expect(code).toBe(3);
    expect(JSON.parse(out.trimEnd().split("\n").at(-1) ?? "").error).toMatch(/no daemon answers/);
  });
});

describe("a command to a running daemon", () => {
  const report = {
    version: "0.1.0",
    pid: 7,
    startedAt: 0,
    uptimeMs: 11_100_000,
    ready: true,
    redis: { kind: "embedded" as const, up: true, silent: false, version: "7.0.15", usedBytes: 1_234_567 },
    accounts: [
      { account: "matrix", network: "matrix", state: "connected", queued: 0, oldestMs: null, inFlight: 1 },
      {
        account: "sms-main",
        network: "sms",
        state: "disconnected",
        reason: "network-error",
        links: [{ name: "smsc-a", connected: false, reason: "timeout" }],
        queued: 12,
        oldestMs: 65_000,
        inFlight: 0,
      },
    ],
    lanes: { waiting: 0 },
    deliveries: { queued: 12, parked: 0, buried: 1 },
    clock: { held: false },
  };
  const item = {
    id: "4kq7x2m",
    account: "sms-main",
    network: "sms",
    kind: "delivery",
    reason: "rejected",
    attempts: 10,
  };
  const handlers: ControlHandlers = {
    status: async () => report,
    buried: async () => [{ ...item, since: 1_782_909_000_000, until: 1_782_995_400_000 }],
    retry: async () => "retried",
    drop: async () => "unknown",
    doctor: async () => [],
    greet: async () => "nobody",
    unpair: async () => "not-paired",
    audit: async () => ({ families: [], unexplained: [], samples: 1_000, tookMs: 1 }),
    pair: () => "unknown",
  };

  async function against(args: readonly string[], more: Partial<ControlHandlers> = {}): Promise<Result> {
    const server = await openControlServer({
      stateFolder: join(folder, "state"),
      handlers: { ...handlers, ...more },
      onError: () => undefined,
    });
    try {
      return await footbridge(args);
    } finally {
      await server.close();
    }
  }

  it("shows the status as a page, and exits with 1 while an account is away", async () => {
    const { code, out } = await against(["status"]);
    expect(code).toBe(1);
    expect(out).toBe(`Footbridge 0.1.0, process 7, up 3h 5m, ready
Redis: embedded 7.0.15, up, 1.2 MB
ACCOUNT   NETWORK  STATE                         QUEUED  OLDEST  IN FLIGHT
matrix    matrix   connected                     0       -       1
sms-main  sms      disconnected (network-error)  12      1m 5s   0
  sms-main: link smsc-a away (timeout)
Waiting: 0 to be decided, 12 to be delivered, 0 parked
Buried: 1 ("footbridge buried" lists them)
`);
  });

  it("shows what it knows while Redis says nothing, and exits with 1", async () => {
    const unknown: StatusReport = {
      ...report,
      redis: { ...report.redis, up: false, silent: true, version: null, usedBytes: null },
      accounts: report.accounts.slice(0, 1).map((account) => ({ ...account, queued: null })),
      deliveries: { queued: null, parked: null, buried: null },
    };
    const { code, out } = await against(["status"], { status: async () => unknown });
    expect(code).toBe(1);
    expect(out.split("\n").slice(1)).toEqual([
      "Redis: embedded, SILENT",
      "ACCOUNT  NETWORK  STATE      QUEUED  OLDEST  IN FLIGHT",
      "matrix   matrix   connected  ?       -       1",
      "Waiting: 0 to be decided, ? to be delivered, ? parked",
      "Buried: ?",
      "",
    ]);
  });

  it.each([
    ["what to do about an account that works in part, and exits with 1 since it needs somebody", true],
    ["an account that works in part and mends itself, and exits with 0", false],
  ])("shows %s", async (_, needsSomebody) => {
    const [matrix] = report.accounts;
    if (matrix === undefined) throw new Error("there is one");
    const remedy = "the port is taken: end the program that has it";
    const account = { ...matrix, state: "degraded", reason: "not-connected" };
    const accounts = [needsSomebody ? { ...account, remedy } : account];
    const { code, out } = await against(["status"], { status: async () => ({ ...report, accounts }) });
    expect(code).toBe(needsSomebody ? 1 : 0);
    expect(out).toContain("matrix   matrix   degraded (not-connected)");
    expect(out.includes(`  matrix: ${remedy}\n`)).toBe(needsSomebody);
  });

  it("shows the status as one object on one line with --json", async () => {
    const { out } = await against(["status", "--json"]);
    expect(out.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(out)).toEqual(report);
  });

  it("says of a daemon that doesn't answer that it runs: 1, not 3", async () => {
    const never = () => new Promise<never>(() => undefined);
    const server = await openControlServer({
      stateFolder: join(folder, "state"),
      handlers: { ...handlers, status: never, buried: never },
      onError: () => undefined,
    });
    try {
      const results = await Promise.all([footbridge(["status"]), footbridge(["buried"])]);
      for (const { code, out, err } of results) {
        expect({ code, out }).toEqual({ code: 1, out: "" });
        expect(err).toMatch(/^footbridge: the daemon at .* runs, but didn't answer within 5 s: .*\n$/);
      }
    } finally {
      await server.close();
    }
  });

  it("lists what is buried", async () => {
    const { code, out } = await against(["buried"]);
    expect(code).toBe(0);
    expect(out).toBe(`ID       ACCOUNT   NETWORK  KIND      REASON    TRIES  SINCE              GOES
4kq7x2m  sms-main  sms      delivery  rejected  10     2026-07-01 12:30Z  2026-07-02 12:30Z
`);
  });

  it("says what became of an item, and exits with 1 when there is none", async () => {
    expect(await against(["buried", "retry", "4kq7x2m"])).toMatchObject({
      code: 0,
      out: "4kq7x2m is queued again.\n",
    });
    const dropped = await against(["buried", "drop", "nix", "--json"]);
    expect(dropped).toMatchObject({ code: 1, out: '{"id":"nix","result":"unknown"}\n' });
    expect(dropped.err).toContain("nothing is buried as nix");
  });
});

describe("run", () => {
  async function started(fake = ""): Promise<{ child: ChildProcess; result: Promise<Result> }> {
    const child = start(["run"], { FAKE: fake }, FAKE_MAIN);
    const result = finish(child);
    if (child.stdout !== null) await once(child.stdout, "data");
    return { child, result };
  }

  it.each(["SIGTERM", "SIGINT"] as const)("stops on %s and exits with 0", async (signal) => {
    const { child, result } = await started();
    child.kill(signal);
    expect(await result).toMatchObject({ code: 0, out: `started\nstopping on ${signal}\n` });
  });

  it("ends at once on the second signal", async () => {
    const { child, result } = await started("stuck");
    child.kill("SIGTERM");
    if (child.stdout !== null) await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect((await result).code).toBe(143);
  });

  it("goes on after SIGHUP", async () => {
    const { child, result } = await started();
    child.kill("SIGHUP");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(child.exitCode).toBeNull();
    child.kill("SIGTERM");
    expect((await result).code).toBe(0);
  });

  it.each(["unhandled", "never-ready"])(
    "ends with 70 on a bug (%s) and says its class, never its message",
    async (fake) => {
      const { result } = await started(fake);
      const { code, out, err } = await result;
      expect(code).toBe(70);
      expect(err).toMatch(/an unexpected error \((Type)?Error[,)]/);
      expect(out + err).not.toContain("5550123");
    },
  );

  it("refuses to run where one runs already: 1", async () => {
    await started();
    const { code, err } = await finish(start(["run"], {}, FAKE_MAIN));
    expect(code).toBe(1);
    expect(err).toContain("a daemon is running already with this state folder");
  });

  it("says all that is wrong in the config: 2", async () => {
    writeFileSync(config, `${GOOD}drain: 1y\nlog: {level: loud}\n`);
    const { code, err } = await finish(start(["run"], {}, FAKE_MAIN));
    expect(code).toBe(2);
    expect(err.trimEnd().split("\n")).toEqual([
      expect.stringContaining("./config.yaml:20:8: drain: found"),
      expect.stringContaining("./config.yaml:21:14: log.level: found"),
      "footbridge: 2 problems in the config: nothing was done",
    ]);
  });
});

const systemNode = spawnSync(SYSTEM_NODE, ["-p", "process.versions.node"], { encoding: "utf8" });
const oldNode = systemNode.status === 0 && Number.parseInt(systemNode.stdout, 10) < 24;

describe(`a Node that is too old (${oldNode ? systemNode.stdout.trim() : `${SYSTEM_NODE} is none: left out`})`, () => {
  it.runIf(oldNode).each([["bin/footbridge.cjs"], ["scripts/node-version.cjs"]])(
    "gets one sentence from %s: what was found, what is needed, what to do",
    (script) => {
      const path = join(import.meta.dirname, "../..", script);
      const { status, stdout, stderr } = spawnSync(SYSTEM_NODE, [path], { encoding: "utf8" });
      expect(status).toBe(1);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^footbridge: found Node \d+\.\d+\.\d+, needs Node 24 or newer: .*npm ci.*\n$/);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    },
  );
});

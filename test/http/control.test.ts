import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../src/adapter/check.ts";
import type { AuditReport, ControlHandlers, StatusReport } from "../../src/http/control-api.ts";
import { controlClient } from "../../src/http/control-client.ts";
import { type ControlServer, openControlServer } from "../../src/http/control-server.ts";
import { controlSocketPath } from "../../src/http/control-socket.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";

const STATUS: StatusReport = {
  version: "0.1.0",
  pid: 1,
  startedAt: 1_000,
  uptimeMs: 5,
  ready: true,
  redis: { kind: "embedded", up: true, silent: false, version: "7.0.15", usedBytes: 1_000 },
  accounts: [{ account: "m", network: "matrix", state: "connected", queued: 0, oldestMs: null, inFlight: 0 }],
  lanes: { waiting: 0 },
  deliveries: { queued: 0, parked: 0, buried: 1 },
  clock: { held: false },
};
const ITEM = {
  id: "b1",
  account: "m",
  network: "matrix",
  kind: "delivery",
  reason: "rejected",
  attempts: 10,
  since: 1,
  until: 2,
};

const AUDIT: AuditReport = {
  families: [
    {
      family: "lane",
      record: "waiting items",
      holds: "events",
      sealed: "hourly key",
      mostMs: null,
      until: "it is empty",
      keys: 1,
      bytes: 100,
      ttl: null,
      withoutTtl: 0,
      tooLong: 0,
    },
  ],
  unexplained: [{ shape: "<7>:<9>", type: "string", keys: 1, bytes: null }],
  samples: 1_000,
  tookMs: 3,
};

const FINDINGS: readonly Finding[] = [
  { check: "redis", status: "ok", found: "all well" },
  { check: "account m", status: "problem", found: "away", remedy: "mend it" },
];

const handlers: ControlHandlers = {
  status: async () => STATUS,
  buried: async () => [ITEM],
  retry: async (id) => (id === "b1" ? "retried" : "unknown"),
  drop: async () => {
    throw new RangeError("+15550123 is secret");
  },
  audit: async () => AUDIT,
  doctor: async () => FINDINGS,
  greet: async () => "sent",
  unpair: async () => "unknown",
  pair: () => "unknown",
};

let folder: string;
let open: ControlServer[];
const errors: unknown[] = [];

async function openServer(more: Partial<ControlHandlers> = {}): Promise<ControlServer> {
  const server = await openControlServer({
    stateFolder: folder,
    handlers: { ...handlers, ...more },
    onError: (error) => errors.push(error),
  });
  open.push(server);
  return server;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-control-"));
  open = [];
  errors.length = 0;
});
afterEach(async () => {
  await Promise.all(open.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

describe("the control socket", () => {
  it("is for its user alone, and takes no rights from what is made at the same time", async () => {
    const rounds = Array.from({ length: 20 }, (_, i) => i);
    for (const round of rounds) {
      const others = rounds.map((i) => join(folder, `other-${round}-${i}`));
      const [server] = await Promise.all([
        openServer(),
        ...others.map((each) => mkdir(each, { mode: 0o700 })),
      ]);
      expect(statSync(server.path).mode & 0o777).toBe(0o600);
      expect(new Set(others.map((each) => statSync(each).mode & 0o777))).toEqual(new Set([0o700]));
      await server.close();
    }
  });

  it("gives status, audit and buried items, and passes on what became of an item", async () => {
    await openServer();
    const client = controlClient(folder);
    expect(await client.status()).toEqual(STATUS);
    expect(await client.buried()).toEqual({ buried: [ITEM] });
    expect(await client.audit()).toEqual(AUDIT);
    expect(await client.doctor()).toEqual({ findings: FINDINGS });
    expect(await client.greet()).toEqual({ result: "sent" });
    expect(await client.change("b1", "retry")).toEqual({ id: "b1", result: "retried" });
    expect(await client.change("b2", "retry")).toEqual({ id: "b2", result: "unknown" });
    expect(await client.change("../status", "retry")).toMatchObject({ result: "unknown" });
  });

  it("says of a failed handler its name alone", async () => {
    await openServer();
    const failure = controlClient(folder).change("b1", "drop");
    await expect(failure).rejects.toThrow("the daemon couldn't do it (RangeError); its log says more");
    expect(errors).toHaveLength(1);
  });

  it("says of Redis that it is away, and who knows more", async () => {
    await openServer({ audit: () => Promise.reject(new StoreAway("NO_ANSWER")) });
    await expect(controlClient(folder).audit()).rejects.toThrow(
      "the daemon couldn't do it (StoreAway); Redis is away or doesn't answer: \"footbridge doctor\" says more",
    );
  });

  it("waits for no audit of a daemon that says nothing at all", async () => {
    const stuck = createServer().listen(controlSocketPath(folder));
    await once(stuck, "listening");
    try {
      await expect(controlClient(folder).audit()).rejects.toThrow("runs, but didn't answer within 5 s");
    } finally {
      stuck.close();
    }
  }, 10_000);

  it("refuses other paths and methods", async () => {
    const { path } = await openServer();
    const code = async (method: string, url: string) => {
      const outgoing = request({ socketPath: path, method, path: url }).end();
      const [response] = await once(outgoing, "response");
      response.resume();
      return response.statusCode;
    };
    expect(await code("GET", "/")).toBe(404);
    expect(await code("DELETE", "/status")).toBe(405);
    expect(await code("GET", "/buried/b1/retry")).toBe(405);
  });

  it("is gone after it was closed", async () => {
    const server = await openServer();
    await server.close();
    expect(existsSync(server.path)).toBe(false);
    await expect(controlClient(folder).status()).rejects.toMatchObject({ why: "unreachable" });
  });

  it("is refused where a daemon answers, which goes on", async () => {
    await openServer();
    await expect(openServer()).rejects.toMatchObject({ why: "in-use" });
    expect(await controlClient(folder).status()).toEqual(STATUS);
  });

  it("replaces the socket of a daemon that was killed", async () => {
    const path = controlSocketPath(folder);
    const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => console.log("up"))`;
    const dead = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(dead.stdout, "data");
    dead.kill("SIGKILL");
    await once(dead, "exit");
    expect(existsSync(path)).toBe(true);
    await expect(controlClient(folder).status()).rejects.toMatchObject({ why: "unreachable" });
    await openServer();
    expect(await controlClient(folder).status()).toEqual(STATUS);
  });

  it("leaves alone what is no socket", async () => {
    writeFileSync(controlSocketPath(folder), "mine");
    await expect(openServer()).rejects.toMatchObject({ why: "not-a-socket" });
    expect(existsSync(controlSocketPath(folder))).toBe(true);
  });

  it("says when its path is too long for the system", () => {
    expect(() => controlSocketPath(`/${"ä".repeat(55)}`)).toThrow(
      /^the path of the state folder has 111 octets, and with its control socket the system takes at most \d\d: give "state" in the config a shorter one$/,
    );
  });
});

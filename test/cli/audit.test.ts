import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditText } from "../../src/cli/audit.ts";
import type { AuditedFamily, AuditReport, ControlHandlers } from "../../src/http/control-api.ts";
import { openControlServer } from "../../src/http/control-server.ts";
import { DAY, HOUR } from "../../src/model/time.ts";
import { runInProcess } from "./in-process.ts";

const LANE: AuditedFamily = {
  family: "lane",
  record: "waiting items",
  holds: "events",
  sealed: "hourly key",
  mostMs: null,
  until: "its last event is decided or buried",
  keys: 2,
  bytes: 1_234_567,
  ttl: null,
  withoutTtl: 0,
  tooLong: 0,
};
const MAP: AuditedFamily = {
  ...LANE,
  family: "map",
  record: "message map",
  sealed: "daily key",
  mostMs: 31 * DAY,
  until: null,
  keys: 3,
  bytes: 300,
  ttl: { leastMs: 2 * DAY + HOUR, mostMs: 30 * DAY },
};
const report = (more: Partial<AuditReport> = {}): AuditReport => ({
  families: [LANE, MAP],
  unexplained: [],
  samples: 1_000,
  tookMs: 3,
  ...more,
});

describe("the audit as people read it", () => {
  it("lists each family with what it is, how much there is, how it is sealed and when it goes", () => {
    expect(auditText(report())).toEqual([
      "FAMILY  RECORD         KEYS  OCTETS     SEALED BY   GOES",
      "lane    waiting items  2     1 234 567  hourly key  when its last event is decided or buried",
      "map     message map    3     300        daily key   in 2d 1h to 30d 0h",
      "5 keys, 1 234 867 octets, each key measured by Redis (an estimate where one has over 1 000 elements)",
      "All keys are explained, and all that must have a TTL have one",
    ]);
  });

  it("says of a family that holds nothing now how long its keys would live", () => {
    const [, row] = auditText(report({ families: [{ ...MAP, keys: 0, bytes: 0, ttl: null }] }));
    expect(row).toBe("map     message map  0     0       daily key  within 31d 0h");
  });

  it("says of keys that go with their owner which TTLs some have beside that", () => {
    const [, row] = auditText(report({ families: [{ ...LANE, ttl: { leastMs: HOUR, mostMs: HOUR } }] }));
    expect(row).toMatch(/when its last event is decided or buried, or in 1h 0m$/);
  });

  it("says so where Redis doesn't tell a size", () => {
    const lines = auditText(report({ families: [{ ...LANE, bytes: null }] }));
    expect(lines[1]).toContain("not told");
    expect(lines[2]).toMatch(/^2 keys, not told octets/);
  });

  it("says what is wrong in one sentence each, with what to do", () => {
    const lines = auditText(
      report({
        families: [{ ...MAP, withoutTtl: 1, tooLong: 2 }],
        unexplained: [{ shape: "{c0}:<5>", type: "hash", keys: 1, bytes: 9 }],
      }),
    );
    expect(lines.filter((line) => line.startsWith("PROBLEM: "))).toEqual([
      "PROBLEM: 1 key of the form {c0}:<5> (hash) is no record of this version: find out what writes there, then delete it",
      "PROBLEM: 1 key of map would stay for ever, expected a TTL of at most 31d 0h: please report it",
      'PROBLEM: 2 keys of map would stay for longer than 31d 0h: compare the clocks of this machine and of Redis ("footbridge doctor"), and report it when they agree',
    ]);
  });
});

describe("footbridge audit", () => {
  let folder: string;
  let config: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fb-audit-"));
    config = join(folder, "config.yaml");
    mkdirSync(join(folder, "state"), { mode: 0o700 });
    writeFileSync(config, "state: ./state\n");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function against(answer: AuditReport, more: readonly string[] = []) {
    const unused = async () => Promise.reject(new Error("not asked here"));
    const handlers: ControlHandlers = {
      status: unused,
      buried: unused,
      retry: unused,
      drop: unused,
      doctor: unused,
      greet: unused,
      unpair: unused,
      audit: async () => answer,
      pair: () => "unknown",
    };
    const onError = () => undefined;
    const server = await openControlServer({ stateFolder: join(folder, "state"), handlers, onError });
    try {
      return await runInProcess(["audit", "--config", config, ...more]);
    } finally {
      await server.close();
    }
  }

  it("exits with 0 when all is explained", async () => {
    const { code, out } = await against(report());
    expect(code).toBe(0);
    expect(out).toEqual(auditText(report()));
  });

  it.each([
    ["a key that isn't explained", { unexplained: [{ shape: "<1>", type: "set", keys: 1, bytes: 1 }] }],
    ["a key without its TTL", { families: [{ ...MAP, withoutTtl: 1 }] }],
    ["a key with too long a TTL", { families: [{ ...MAP, tooLong: 1 }] }],
  ])("exits with 1 for %s, also with --json", async (_, more) => {
    expect((await against(report(more))).code).toBe(1);
    const { code, out } = await against(report(more), ["--json"]);
    expect(code).toBe(1);
    expect(out.map((line) => JSON.parse(line))).toEqual([report(more)]);
  });

  it("says clearly when no daemon runs, and exits with 3", async () => {
    const { code, out, err } = await runInProcess(["audit", "--config", config]);
    expect({ code, out }).toEqual({ code: 3, out: [] });
    expect(err.join("\n")).toMatch(/^footbridge: no daemon answers at .*: start it with "footbridge run"/);
  });
});

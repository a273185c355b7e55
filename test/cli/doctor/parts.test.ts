import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { carefully } from "../../../src/cli/doctor-careful.ts";
import { checkJournal } from "../../../src/cli/doctor-journal.ts";
import { checkMachine } from "../../../src/cli/doctor-machine.ts";
import { poolFinding } from "../../../src/daemon/doctor-pool.ts";
import { accountId } from "../../../src/model/ids.ts";
import { readMachine } from "../../../src/observe/machine.ts";
import { withoutRights } from "../../support/without-rights.ts";

const GIB = 2 ** 30;
const WELL = { openFiles: 4_096, memory: { total: 2 * GIB, free: GIB } };
const statuses = (machine: Parameters<typeof checkMachine>[0], running = false) =>
  checkMachine(machine, running).map(({ check, status }) => `${status} ${check}`);

describe("a check of the machine", () => {
  it("is about this very process, whose limits it can read", () => {
    const { openFiles = 0, memory } = readMachine();
    expect(openFiles).toBeGreaterThan(0);
    expect(memory.total).toBeGreaterThan(GIB / 4);
    expect(memory.free).toBeGreaterThan(0);
    expect(memory.free).toBeLessThanOrEqual(memory.total);
  });

  it.each([
    [{ ...WELL }, ["ok open files", "ok memory"]],
    [{ ...WELL, openFiles: Number.POSITIVE_INFINITY }, ["ok open files", "ok memory"]],
    [{ ...WELL, openFiles: 1_000 }, ["warning open files", "ok memory"]],
    [{ ...WELL, openFiles: 64 }, ["problem open files", "ok memory"]],
    [{ ...WELL, openFiles: undefined }, ["ok memory"]],
    [{ ...WELL, memory: { total: GIB, free: 200e6 } }, ["ok open files", "warning memory"]],
  ])("of %j says %j", (machine, expected) => {
    expect(statuses(machine)).toEqual(expected);
  });

  it("asks for less of what is free once the daemon has its share", () => {
    const small = { ...WELL, memory: { total: GIB, free: 200e6 } };
    expect(statuses(small, true)).toEqual(["ok open files", "ok memory"]);
    expect(statuses({ ...small, memory: { total: GIB, free: 50e6 } }, true)).toContain("warning memory");
  });
});

describe("what is said of a pool of numbers", () => {
  const finding = (tightest: { left: number; shared: boolean } | undefined, numbers = 4) =>
    poolFinding(accountId("sms-main"), { numbers, conversations: 9, busiest: 3, tightest });

  it.each([
    [undefined, 4, "ok"],
    [{ left: 2, shared: false }, 4, "ok"],
    [{ left: 0, shared: false }, 4, "warning"],
    [{ left: 0, shared: true }, 4, "warning"],
    [{ left: 0, shared: false }, 1, "ok"],
    [{ left: 0, shared: true }, 1, "warning"],
  ] as const)("when the tightest phone has %j of %i numbers left is %s", (tightest, numbers, status) => {
    expect(finding(tightest, numbers)).toMatchObject({ check: "account sms-main: numbers", status });
  });

  it("tells a phone that got its last number from one that had to share", () => {
    expect(finding({ left: 0, shared: false }).found).toMatch(/a phone got its last one$/);
    expect(finding({ left: 0, shared: true }).found).toMatch(/so that two conversations share one$/);
    expect(finding(undefined).found).toBe(
      "4, given to 9 conversations, at most 3 on one; none is used up for any phone",
    );
  });
});

describe("a check of the state folder", () => {
  it("tells of one that isn't there and that this user may not make", () => {
    const folder = mkdtempSync(join(tmpdir(), "footbridge-state-"));
    chmodSync(folder, 0o500);
    const script = `const { checkStateFolder } = await import("./src/cli/doctor-folder.ts");
      process.stdout.write(JSON.stringify(await checkStateFolder(process.argv[1], false)));`;
    const state = join(folder, "deep/state");
    const said = withoutRights(script, state);
    rmSync(folder, { recursive: true, force: true });
    expect(JSON.parse(said)).toMatchObject([
      {
        status: "problem",
        found: `${state} isn't there, and can't be made: this user may not write to ${folder} (EACCES)`,
      },
    ]);
  });
});

describe("a check of the journal", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fb-journal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("finds a folder of its own well before its first line, and says nothing of one in the state folder", async () => {
    expect(await checkJournal(join(folder, "journal"), "/elsewhere")).toEqual([
      { check: "journal", status: "ok", found: `${folder} can be written` },
    ]);
    expect(await checkJournal(join(folder, "journal"), folder)).toEqual([]);
  });

  it("tells of a folder that this user can't write", () => {
    chmodSync(folder, 0o500);
    const script = `const { checkJournal } = await import("./src/cli/doctor-journal.ts");
      process.stdout.write(JSON.stringify(await checkJournal(process.argv[1], "/elsewhere")));`;
    expect(JSON.parse(withoutRights(script, join(folder, "journal")))).toMatchObject([
      { status: "problem", found: `${folder} can't be written (EACCES)` },
    ]);
  });
});

describe("a check that is run with care", () => {
  it("that doesn't end is a finding", async () => {
    expect(await carefully("disk", () => new Promise(() => undefined), 20)).toEqual([
      {
        check: "disk",
        status: "problem",
        found: "this can't be checked: it takes too long",
        remedy: "see whether its disk or server answers at all",
      },
    ]);
  });

  it("that fails on a file of another user's says whose user to be", async () => {
    const denied = () => Promise.reject(Object.assign(new Error("canary"), { code: "EACCES" }));
    expect(await carefully("keys", denied)).toEqual([
      {
        check: "keys",
        status: "problem",
        found: "this can't be checked (Error, EACCES)",
        remedy: "run this as the daemon's user",
      },
    ]);
  });
});

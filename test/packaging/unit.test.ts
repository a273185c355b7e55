import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const UNIT = join(import.meta.dirname, "../../packaging/footbridge.service");
const { status } = spawnSync("systemd-analyze", ["--version"]);

describe("the systemd unit", () => {
  const lines = readFileSync(UNIT, "utf8").split("\n");
  const setting = (key: string) => lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1);

  test("runs what the package installs, with the files that the documents name", () => {
    expect(setting("ExecStart")).toBe("/usr/local/bin/footbridge run --config /etc/footbridge/config.yaml");
    expect(setting("StateDirectory")).toBe("footbridge footbridge-journal"); // docs/backup.md
  });

  test("leaves the end of Redis to the daemon, and gives it longer than the default drain", () => {
    expect(setting("KillMode")).toBe("mixed");
    expect(Number.parseInt(setting("TimeoutStopSec") ?? "", 10)).toBeGreaterThan(10 + 5);
  });

  test("isn't started again and again with a config that is wrong", () => {
    expect(setting("RestartPreventExitStatus")).toBe("2");
  });
});

// Only where systemd is there: systemd-analyze reads the file, no systemd has to run.
describe.runIf(status === 0)("systemd itself", () => {
  test("understands every line of the unit", () => {
    const folder = mkdtempSync(join(tmpdir(), "footbridge-unit-"));
    try {
      const file = join(folder, "footbridge.service");
      // A program that is there: the path is looked at, too.
      writeFileSync(file, readFileSync(UNIT, "utf8").replace("/usr/local/bin/footbridge", process.execPath));
      const { status: code, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
      const ours = stderr.split("\n").filter((line) => line.includes("footbridge.service"));
      expect([code, ours]).toEqual([0, []]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("counts what the service may do as little", () => {
    const args = ["security", "--offline=true", "--no-pager", "--threshold=15", UNIT];
    const { status: code, stdout, stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
    expect(code, `${stdout}${stderr}`.split("\n").at(-2)).toBe(0);
  });
});

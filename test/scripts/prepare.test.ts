import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandFor } from "../../scripts/prepare/install.ts";
import { NEEDS } from "../../scripts/prepare/needs.ts";

const SCRIPT = join(import.meta.dirname, "../../scripts/prepare.ts");

describe("prepare", () => {
  it("says nothing on a machine that has all, and exits with 0", () => {
    const { status, stdout } = spawnSync(process.execPath, [SCRIPT, "demo"], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });

  it("refuses a purpose that it doesn't know", () => {
    expect(spawnSync(process.execPath, [SCRIPT, "nonsense"]).status).toBe(2);
  });

  it.runIf(process.platform === "linux")(
    "names one command to type where it may not install: never asks npm or root",
    () => {
      const needs = NEEDS.filter((need) => need.id === "redis" || need.id === "python");
      expect(commandFor(needs)).toBe(
        "sudo apt-get install -y --no-install-recommends redis-server python3 python3-venv python3-pip",
      );
    },
  );

  // As a user who isn't root, and with a PATH that has nothing.
  it.runIf(process.platform === "linux")(
    "lists what is missing and stops with that command when it isn't root",
    () => {
      const bin = mkdtempSync(join(tmpdir(), "fb-path-"));
      try {
        symlinkSync(process.execPath, join(bin, "node"));
        const { status, stderr } = spawnSync(
          process.execPath,
          [
            "-e",
            `process.getuid = () => 1000; process.argv[2] = "demo"; await import(${JSON.stringify(SCRIPT)})`,
            "x",
          ],
          { encoding: "utf8", env: { PATH: bin } },
        );
        expect(stderr).toContain("no redis-server (or valkey-server): the store");
        expect(stderr).toMatch(/Type this, then the same again:\n {2}sudo apt-get install .*redis-server/);
        expect(status).toBe(1);
      } finally {
        rmSync(bin, { recursive: true, force: true });
      }
    },
  );
});

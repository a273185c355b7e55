import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SCRIPT = join(import.meta.dirname, "../../.ci/run");
let folder: string;
let repository: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-ci-"));
  repository = join(folder, "repository");
  mkdirSync(join(repository, ".ci"), { recursive: true });
  mkdirSync(join(repository, "demo"));
  mkdirSync(join(folder, "bin"));
  cpSync(SCRIPT, join(repository, ".ci/run"));
  writeFileSync(join(repository, "demo/run.ts"), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs .ci/run of a repository in which npm is a small script that does as `cases` say. */
function run(cases: string): { code: number | null; lines: string[] } {
  const npm = join(folder, "bin/npm");
  writeFileSync(
    npm,
    `#!/bin/sh\n[ "$CI" = true ] || exit 9\n[ -e uncommitted ] && exit 8\ncase "$*" in\n${cases}\nesac\n`,
  );
  chmodSync(npm, 0o755);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], { cwd: repository });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "x");
  writeFileSync(join(repository, "uncommitted"), "");
  const { status, stdout } = spawnSync(join(repository, ".ci/run"), {
    encoding: "utf8",
    env: { ...process.env, CI: "", PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}` },
  });
  return { code: status, lines: stdout.trimEnd().split("\n") };
}

const DEMO = `"run demo -- --json") echo '{"steps":[{"name":"a","ok":true,"detail":""},{"name":"b","ok":true,"detail":""}]}';;`;

describe(".ci/run", () => {
  it("runs install, tests, demo and checks on a clean clone of HEAD and adds up what they count", () => {
    const { code, lines } = run(
      `ci*) ;;\ntest) echo "1 passed, 1 failed"; echo "40 passed, 0 failed";;\n${DEMO}\n"run check") echo "7 passed, 0 failed";;\n*) exit 7;;`,
    );
    expect(lines.at(-1)).toBe("49 passed, 0 failed");
    expect(code).toBe(0);
  });

  it("fails, and goes on to the end, when a command fails without a count", () => {
    const { code, lines } = run(
      `ci*) ;;\ntest) echo boom; exit 1;;\n${DEMO}\n"run check") echo "5 passed, 2 failed"; exit 1;;`,
    );
    expect(lines.at(-1)).toBe("7 passed, 3 failed");
    expect(code).toBe(1);
  });

  it("stops when the installation fails", () => {
    const { code, lines } = run("ci*) exit 1;;");
    expect(lines.at(-1)).toBe("0 passed, 1 failed");
    expect(code).toBe(1);
  });
});

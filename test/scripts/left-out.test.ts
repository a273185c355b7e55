import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
let folder: string;

beforeAll(() => {
  // in the clone, since vitest has to be found from there; ignored by git
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  folder = mkdtempSync(join(ROOT, ".cache/left-out-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs vitest with the reporter on one test file. */
function run(tests: string, ci: boolean): { code: number | null; out: string } {
  const reporter = join(ROOT, "scripts/testing/left-out-reporter.ts");
  writeFileSync(
    join(folder, "vitest.config.ts"),
    `import { LeftOutReporter } from ${JSON.stringify(reporter)};\nexport default { test: { include: ["*.test.ts"], reporters: [new LeftOutReporter(${ci})] } };\n`,
  );
  writeFileSync(join(folder, "a.test.ts"), `import { it, expect } from "vitest";\n${tests}\n`);
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const { status, stdout } = spawnSync(process.execPath, [vitest, "run", "--root", folder], {
    encoding: "utf8",
  });
  return { code: status, out: stdout };
}

const PASSING = 'it("one", () => expect(1).toBe(1));';
const SKIPPED = 'it.runIf(false)("another", () => undefined);';

describe("what a test run says at its end", () => {
  it("names what was left out, and passes", () => {
    const { code, out } = run(PASSING + SKIPPED, false);
    expect(out).toContain("Left out: 1 test\n");
    expect(out).toContain("  a.test.ts: another\n");
    expect(out.trimEnd().split("\n").at(-1)).toBe("1 passed, 0 failed");
    expect(code).toBe(0);
  });

  it("counts what was left out as failed with CI=true", () => {
    const { code, out } = run(PASSING + SKIPPED, true);
    expect(out.trimEnd().split("\n").at(-1)).toBe("1 passed, 1 failed");
    expect(code).toBe(1);
  });

  it("counts a file that can't be loaded as a failure", () => {
    const { code, out } = run('throw new Error("broken");', false);
    expect(out.trimEnd().split("\n").at(-1)).toBe("0 passed, 1 failed");
    expect(code).toBe(1);
  });
});

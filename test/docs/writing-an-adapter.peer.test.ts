// docs/writing-an-adapter.md as a reader follows it: its files are written, its commands run, in a folder of their own.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { installFootbridge } from "../support/installed.ts";
import { run } from "../support/run-program.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/writing-an-adapter.md"), "utf8");
/** Fetches from a registry, which a test doesn't ask: what it would bring is put there instead. */
const LEFT_OUT = 'npm pack "$FOOTBRIDGE"\nnpm install --save-dev ./footbridge-0.1.0.tgz';

const folder = mkdtempSync(join(tmpdir(), "footbridge-writing-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The fenced blocks of the page, in order. */
const blocks = [...PAGE.matchAll(/^```(\w+)(?: file=(\S+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language, file, text = ""]) => ({
    language,
    file,
    text,
  }),
);

it("goes from an empty folder to a package that passes the conformance suite", async () => {
  await installFootbridge(folder);
  const bin = join(folder, "bin");
  mkdirSync(bin);
  symlinkSync(join(ROOT, "bin/footbridge.cjs"), join(bin, "footbridge"));
  const path = [bin, join(folder, "node_modules/.bin"), process.env.PATH].join(delimiter);
  let place = folder;
  const said = new Map<string, string>();
  expect(blocks.filter(({ text }) => text.trim() === LEFT_OUT)).toHaveLength(1);
  for (const { language, file, text } of blocks) {
    if (file !== undefined) writeFileSync(join(place, file), text);
    else if (language === "sh" && text.trim() !== LEFT_OUT) {
      const script = `set -eu\nexport FOOTBRIDGE='${ROOT}' PATH='${path}'\n${text}\npwd > '${folder}/place'\n`;
      said.set(text.trim(), await run("sh", ["-c", script], place));
      place = readFileSync(join(folder, "place"), "utf8").trim();
    }
  }
  expect(said.get("npm test")).toMatch(/Tests .*4\d passed/);
  expect(said.get("npm test")).not.toMatch(/failed/);
  expect(said.get("npm run build\nnpm pack --ignore-scripts")).toContain(
    "footbridge-adapter-pigeon-0.1.0.tgz",
  );
  const doctor = said.get("footbridge doctor --config config.yaml || true");
  expect(doctor).toContain("config: valid, 1 account, 0 pairs");
}, 240_000);

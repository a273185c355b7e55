// docs/privacy.md: what it says tests prove has to have such a test; and words that no document may use.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { documents, ROOT } from "./markdown.ts";

const PAGE = readFileSync(join(ROOT, "docs/privacy.md"), "utf8");
const [, TABLE = ""] = PAGE.split("\n## What tests prove\n");

/** A row: what is claimed, the test file, the test in it. */
const rows = TABLE.split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| claim"))
  .map((line) => line.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$/g, "")));

describe("docs/privacy.md", () => {
  it("has a table of claims, each with a test", () => {
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.filter((cells) => cells.length !== 3)).toEqual([]);
  });

  it.each(rows)("%s: %s", (_, cell = "", name = "") => {
    const [, file = ""] = /^\[(test\/[^\]]+\.test\.ts)\]/.exec(cell) ?? [];
    expect(existsSync(join(ROOT, file))).toBe(true);
    const text = readFileSync(join(ROOT, file), "utf8");
    expect(
      [`"${name}"`, `\`${name}\``].some((quoted) => text.includes(quoted)),
      `no test "${name}"`,
    ).toBe(true);
  });
});

it("no page of docs/ calls what is bridged encrypted from end to end", () => {
  const pages = documents().filter(({ file }) => /^docs\/[^/]+\.md$/.test(file));
  expect(pages.length).toBeGreaterThan(10);
  const said = pages.filter(({ file }) => /end[- ]to[- ]end/i.test(readFileSync(join(ROOT, file), "utf8")));
  expect(said.map(({ file }) => file)).toEqual([]);
});

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findPackage } from "../../../src/daemon/packages/find.ts";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "footbridge-find-")));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Puts a package there; gives its folder. */
function put(...path: readonly string[]): string {
  const folder = join(root, ...path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"main": "main.js"}');
  writeFileSync(join(folder, "main.js"), "");
  return folder;
}

/** Where a package is found from the config's folder and from a global Footbridge. */
function found(name: string): string | undefined {
  const places = [
    join(root, "etc/footbridge"),
    join(root, "lib/node_modules/footbridge/dist/src/daemon/packages"),
  ];
  const one = findPackage(name, places, false);
  return typeof one === "object" ? one.folder : one;
}

it("a package beside a global Footbridge is found, and one beside the config goes before it", () => {
  const global = put("lib/node_modules/pigeon");
  expect(found("pigeon")).toBe(global);
  const above = put("etc/node_modules/pigeon");
  expect(found("pigeon")).toBe(above);
  const local = put("etc/footbridge/node_modules/pigeon");
  expect(found("pigeon")).toBe(local);
});

it("a package that is nowhere isn't found, nor a folder without a package.json", () => {
  mkdirSync(join(root, "etc/footbridge/node_modules/pigeon"), { recursive: true });
  expect(found("pigeon")).toBeUndefined();
});

it("no main file outside of what the package names is taken for its own", () => {
  const folder = put("etc/footbridge/node_modules/pigeon");
  const exports = { ".": { require: "./main.js" } };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ main: "main.js", exports }));
  const one = findPackage("pigeon", [join(root, "etc/footbridge")], false);
  expect(one).toMatchObject({ entry: undefined });
});

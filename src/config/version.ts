import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Footbridge's own version, from the package.json above this file (two folders up in a clone, three in `dist`). */
export function footbridgeVersion(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  const text = readFileSync(join(folder, "package.json"), "utf8");
  const { version }: { version?: unknown } = JSON.parse(text);
  return typeof version === "string" ? version : "unknown";
}

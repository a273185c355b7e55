import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { SlotKey } from "./slots.ts";

/** A Lua script of ours, as `Connection.call` takes it. `Kind`: which hash tags its keys may have, all of them the same. */
export interface Script<Kind extends string = string> {
  /** Its file's name without `.lua`. */
  readonly name: string;
  readonly source: string;
  /** What Redis knows it by. */
  readonly sha: string;
  /** For the compiler alone. */
  readonly kind?: Kind;
}

/** The keys of a call: all of one kind, where the script says which. */
export type KeysOf<Kind extends string> = string extends Kind
  ? readonly (string | Buffer)[]
  : Kind extends unknown
    ? readonly SlotKey<Kind>[]
    : never;

const HEADER = ["KEYS", "ARGV", "Returns"] as const;

/**
 * Reads a folder of `.lua` files, once, at the start. Each begins with `#!lua` (and its flags), then a comment that says what
 * it guarantees, its KEYS, ARGV and what it returns.
 * With `names` the result is typed, and the folder has to hold exactly these.
 * @throws Error that names the file whose header is wanting, or the script that is missing.
 */
export function loadScripts<const Name extends string = string>(
  folder: URL,
  names?: readonly Name[],
): Readonly<Record<Name, Script>> {
  const base = folder.href.endsWith("/") ? folder : new URL(`${folder.href}/`);
  const files = readdirSync(base).filter((file) => file.endsWith(".lua"));
  const scripts: Record<string, Script> = {};
  for (const file of files.sort()) {
    const script = parseScript(file.slice(0, -".lua".length), readFileSync(new URL(file, base), "utf8"));
    scripts[script.name] = script;
  }
  if (names !== undefined) compare(Object.keys(scripts), names);
  return scripts as Record<Name, Script>; // compared above; without names, Name is string
}

/** A script from its source. @throws Error when its header is wanting. */
export function parseScript<Kind extends string = string>(name: string, source: string): Script<Kind> {
  const lines = source.split("\n");
  if (!/^#!lua(\s|$)/.test(lines[0] ?? "")) throw new Error(`${name}.lua: expected #!lua as its first line`);
  const code = lines.findIndex((line, index) => index > 0 && !line.startsWith("--"));
  const header = lines.slice(1, code < 0 ? undefined : code).join("\n");
  const missing = HEADER.filter((word) => !new RegExp(`^--\\s*${word}\\b`, "im").test(header));
  if (missing.length > 0) {
    throw new Error(`${name}.lua: its header says nothing of ${missing.join(", ")}`);
  }
  return { name, source, sha: createHash("sha1").update(source).digest("hex") };
}

function compare(found: readonly string[], expected: readonly string[]): void {
  const missing = expected.filter((name) => !found.includes(name));
  const extra = found.filter((name) => !expected.includes(name));
  if (missing.length + extra.length > 0) {
    throw new Error(
      `the folder of scripts lacks [${missing.join(", ")}] and has [${extra.join(", ")}] beside the expected`,
    );
  }
}

import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** A package on the disk, as far as its package.json was read. */
export interface FoundPackage {
  /** Its own name; what the config calls it where it has none. */
  readonly name: string;
  /** Empty where it has none. */
  readonly version: string;
  /** Its folder, with links followed. */
  readonly folder: string;
  /** The versions of the contract that it says it fits, as it wrote them. */
  readonly contract: unknown;
  /** The file to import; undefined when its package.json names none that is there. */
  readonly entry: string | undefined;
}

/**
 * Finds a package as Node would: in the `node_modules` of each of the places and of the folders above them, in this order.
 * @param wanted a name, or a path.
 * @param places folders; a path begins at the first of them.
 * @returns undefined when there is none; "unreadable" when its package.json can't be read.
 */
export function findPackage(
  wanted: string,
  places: readonly string[],
  isPath: boolean,
): FoundPackage | "unreadable" | undefined {
  const candidates = isPath
    ? [resolve(places[0] ?? ".", wanted)]
    : places.flatMap((from) => above(from, wanted));
  const folder = candidates.find((each) => existsSync(join(each, "package.json")));
  return folder === undefined ? undefined : read(wanted, realpathSync(folder));
}

function above(from: string, name: string): string[] {
  const here = join(from, "node_modules", name);
  return dirname(from) === from ? [here] : [here, ...above(dirname(from), name)];
}

function read(wanted: string, folder: string): FoundPackage | "unreadable" {
  let file: unknown;
  try {
    file = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  } catch {
    return "unreadable";
  }
  const { name, version, main, exports, footbridge } = group(file);
  return {
    name: typeof name === "string" ? name : wanted,
    version: typeof version === "string" ? version : "",
    folder,
    contract: group(footbridge).contract,
    entry: entryOf(folder, exports === undefined ? main : exports),
  };
}

function group(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** The conditions of `exports` that hold for an import here, in no order: the package's own order counts. */
const CONDITIONS: ReadonlySet<string> = new Set(["node", "import", "module-sync", "default"]);

function entryOf(folder: string, exported: unknown): string | undefined {
  const target = targetOf(exported) ?? (exported === undefined ? "index.js" : undefined);
  if (target === undefined) return undefined;
  const file = join(folder, target);
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : undefined;
}

function targetOf(exported: unknown): string | undefined {
  if (typeof exported === "string") return exported;
  if (Array.isArray(exported)) return exported.map(targetOf).find((each) => each !== undefined);
  const map = group(exported);
  if ("." in map) return targetOf(map["."]);
  for (const [condition, target] of Object.entries(map)) {
    const found = CONDITIONS.has(condition) ? targetOf(target) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

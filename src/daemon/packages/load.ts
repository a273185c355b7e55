import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { satisfies, validRange } from "semver";
import { type AnyAdapter, anyAdapter } from "../../adapter/any.ts";
import { CONTRACT_VERSION } from "../../adapter/version.ts";
import { ConfigError, type PackageEntry, type Problem } from "../../config/index.ts";
import { isPath } from "../../config/packages.ts";
import { type Clock, type Milliseconds, SECOND } from "../../model/time.ts";
import { giveContract } from "./contract-hook.ts";
import { type FoundPackage, findPackage } from "./find.ts";
import { adapterOf } from "./shape.ts";

/** A package that was loaded. */
interface LoadedPackage {
  readonly name: string;
  /** Empty where it says none. */
  readonly version: string;
  readonly adapter: AnyAdapter;
}

/** What a package takes to load, on a slow disk too. */
const PATIENCE: Milliseconds = 10 * SECOND;

type Fault = Pick<Problem, "found" | "expected" | "hint">;

/**
 * Loads the packages that a config asks for, one after the other: their code runs with all rights of this process.
 * @param file the config; packages are looked for from its folder, then from where Footbridge is installed.
 * @param builtIn the networks that are there already.
 * @param clock says when one takes too long to load.
 * @throws ConfigError with what is wrong with each of them; nothing that a package said is in it.
 */
export async function loadPackages(
  file: string,
  entries: readonly PackageEntry[],
  builtIn: readonly AnyAdapter[],
  clock: Pick<Clock, "sleep">,
): Promise<readonly LoadedPackage[]> {
  const loaded: LoadedPackage[] = [];
  const problems: Problem[] = [];
  const places = [dirname(resolve(file)), import.meta.dirname];
  for (const { package: wanted, ...at } of entries) {
    const one = await load(wanted, places, clock);
    const fault = "adapter" in one ? takenFault(one, builtIn, loaded) : one;
    if (fault !== undefined) problems.push({ ...at, ...fault });
    else if ("adapter" in one) loaded.push(one);
  }
  if (problems.length > 0) throw new ConfigError(file, problems);
  return loaded;
}

async function load(
  wanted: string,
  places: readonly string[],
  clock: Pick<Clock, "sleep">,
): Promise<LoadedPackage | Fault> {
  const found = findPackage(wanted, places, isPath(wanted));
  const fault = packageFault(wanted, found);
  if (fault !== undefined) return fault;
  const { name, version, entry } = found as FoundPackage & { entry: string }; // without a fault it is one, and has one
  giveContract();
  const late = new AbortController();
  try {
    const patience = clock.sleep(PATIENCE, late.signal).catch(() => undefined); // it was loaded, or throws
    const module: unknown = await Promise.race([import(pathToFileURL(entry).href), patience]);
    if (module === undefined) return hangingFault(wanted);
    // A module is an object of what it exports. To look at it runs its code, where it has getters.
    const adapter = adapterOf(Reflect.get(module as object, "adapter"));
    if ("found" in adapter) return adapter;
    return { name, version, adapter: anyAdapter(adapter) };
  } catch (error) {
    return importFault(wanted, entry, error);
  } finally {
    late.abort();
  }
}

function packageFault(wanted: string, found: ReturnType<typeof findPackage>): Fault | undefined {
  if (found === undefined) {
    const hint = isPath(wanted)
      ? "a relative path begins at the config file's folder"
      : `"npm install ${wanted}" in the config file's folder, or "npm install -g ${wanted}" where footbridge is installed so`;
    return { found: "no such package", expected: "a package that is installed", hint };
  }
  const expected = "a package of an adapter";
  if (found === "unreadable") return { found: "a package.json that can't be read", expected };
  const { contract, entry } = found;
  if (contract === undefined) {
    const hint = `its package.json says nothing of "footbridge": {"contract": "^${CONTRACT_VERSION}"}`;
    return { found: "a package that names no contract", expected, hint };
  }
  if (typeof contract !== "string" || validRange(contract) === null) {
    const range = `a range of versions, such as "^${CONTRACT_VERSION}"`;
    return { found: "a package whose contract is no range of versions", expected: range };
  }
  if (!satisfies(CONTRACT_VERSION, contract)) {
    const hint = "install a version of it, or of Footbridge, that fits the other";
    return {
      found: `a package for contract ${validRange(contract)}`,
      expected: `one that fits contract ${CONTRACT_VERSION}`,
      hint,
    };
  }
  if (entry !== undefined) return undefined;
  const hint = "it may have to be built first (npm run build)";
  return {
    found: "a package whose main file isn't there",
    expected: "the file that its package.json names",
    hint,
  };
}

const BROKEN = "a package that can be loaded";

function hangingFault(wanted: string): Fault {
  const hint = `ask who wrote ${wanted}: its main file may wait only for what comes at once, and connect in open() or later`;
  return { found: `a package that isn't loaded after ${PATIENCE / SECOND} s`, expected: BROKEN, hint };
}

/** What failed, by its class and code: the message may hold anything. */
function importFault(wanted: string, entry: string, error: unknown): Fault {
  const { name, code } = classOf(error);
  if (code === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING") {
    return {
      found: "a package in TypeScript",
      expected: "JavaScript: Node runs no TypeScript in node_modules",
    };
  }
  if (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_PACKAGE_PATH_NOT_EXPORTED") {
    const hint = `run "npm install" where ${wanted} is installed; or it imports more of Footbridge than footbridge/adapter`;
    return { found: "a package that lacks something that it imports", expected: BROKEN, hint };
  }
  const shown = /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? `${name}, ${code}` : name;
  const hint = `ask who wrote ${wanted}; node -e 'import(process.argv[1]).then(console.log)' '${entry}' shows the error itself`;
  return { found: `a package that throws when it is loaded (${shown})`, expected: BROKEN, hint };
}

/** Even to look at what was thrown may throw. */
function classOf(error: unknown): { readonly name: string; readonly code: string } {
  try {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const isNamed = error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name);
    return { name: isNamed ? error.name : typeof error, code };
  } catch {
    return { name: typeof error, code: "" };
  }
}

function takenFault(
  { adapter }: LoadedPackage,
  builtIn: readonly AnyAdapter[],
  others: readonly LoadedPackage[],
): Fault | undefined {
  const { network } = adapter;
  const expected = "another network than those that are there";
  if (builtIn.some((each) => each.network === network))
    return { found: `a package for ${network}, which is built in`, expected };
  if (others.some((each) => each.adapter.network === network))
    return { found: `a second package for ${network}`, expected };
  return undefined;
}

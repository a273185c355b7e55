import { type ReadFile, readFileFromDisk } from "./files.ts";
import { printPath, valueAt } from "./key-path.ts";
import { openSource } from "./open-source.ts";
import type { Place } from "./source.ts";

/** npm's own rule for names, and paths that say that they are ones. */
const NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const PATH = /^(?:\.{1,2}(?:\/\P{Cc}*)?|\/\P{Cc}+)$/u;
const LONGEST = 400;

/** Whether a text can name a package: `footbridge-adapter-xyz`, `@someone/xyz`, `./folder`. */
export function isPackage(text: string): boolean {
  return text.length <= LONGEST && (isPath(text) || NAME.test(text));
}

/** Whether a package is given by its folder. */
export function isPath(text: string): boolean {
  return PATH.test(text);
}

/** A package that a config file asks for, and where it does. */
export interface PackageEntry extends Partial<Place> {
  readonly package: string;
  /** `adapters[0].package` */
  readonly key: string;
}

/**
 * The packages that a config file asks for: they have to be loaded before the rest of it can be checked, since they bring what
 * an account of theirs may look like. An entry that is none is left out: `loadConfig` says what is wrong with it.
 * @throws ConfigError when the file can't be read.
 */
export function packageEntries(file: string, readFile: ReadFile = readFileFromDisk): readonly PackageEntry[] {
  const { data, placeOf } = openSource(file, readFile);
  const list = valueAt(data, ["adapters"]);
  return (Array.isArray(list) ? list : []).flatMap((_, index) => {
    const path = ["adapters", index, "package"];
    const name = valueAt(data, path);
    if (typeof name !== "string" || !isPackage(name)) return [];
    return [{ package: name, key: printPath(path), ...placeOf(path) }];
  });
}

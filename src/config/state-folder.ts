import { dirname, resolve } from "node:path";
import { describeKind } from "./describe.ts";
import { type ReadFile, readFileFromDisk } from "./files.ts";
import { valueAt } from "./key-path.ts";
import { openSource } from "./open-source.ts";
import { ConfigError } from "./problem.ts";

/**
 * The state folder alone, for commands that only want to talk to a running daemon: the rest of the file isn't checked. In a file
 * of its own, so that what is called every few seconds (`footbridge health`) needn't load the schemas.
 * @throws ConfigError when the file can't be read or names no folder.
 */
export function loadStateFolder(path: string, readFile: ReadFile = readFileFromDisk): string {
  const { data, placeOf } = openSource(path, readFile);
  const state = valueAt(data, ["state"]);
  if (typeof state === "string" && state !== "") return resolve(dirname(path), state);
  const problem = {
    ...placeOf(["state"]),
    key: "state",
    found: describeKind(state),
    expected: "a folder's path",
  };
  throw new ConfigError(path, [problem]);
}

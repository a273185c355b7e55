import { dirname, resolve } from "node:path";
import { describeKind } from "./describe.ts";
import { decodeUtf8, describeReadFailure, type ReadFile, readFileFromDisk } from "./files.ts";
import { valueAt } from "./key-path.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { parseSource, type Source } from "./source.ts";

const MOST_OCTETS = 1_024 * 1_024;

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

/** Reads and parses a config file. @throws ConfigError when it can't be read, or is no group of keys. */
export function openSource(path: string, readFile: ReadFile): Source {
  const fail = (problem: Pick<Problem, "found" | "expected" | "hint">): never => {
    throw new ConfigError(path, [{ key: "", ...problem }]);
  };
  let bytes: Uint8Array;
  try {
    bytes = readFile(path).bytes;
  } catch (error) {
    return fail({
      found: describeReadFailure(error),
      expected: "a config file",
      hint: "config.example.yaml is one to start from; --config FILE names another",
    });
  }
  if (bytes.length > MOST_OCTETS) return fail({ found: "more than 1 MiB", expected: "a config file" });
  const text = decodeUtf8(bytes);
  if (text === undefined)
    return fail({ found: "octets that are no UTF-8", expected: "a text file in UTF-8" });
  const source = parseSource(text);
  if (isProblems(source)) throw new ConfigError(path, source);
  const { data } = source;
  if (typeof data === "object" && data !== null && !Array.isArray(data)) return source;
  const found = data === null || data === undefined ? "an empty file" : describeKind(data);
  return fail({ found, expected: "keys with values, as in config.example.yaml" });
}

function isProblems(source: Source | readonly Problem[]): source is readonly Problem[] {
  return Array.isArray(source);
}

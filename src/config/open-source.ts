import { describeKind } from "./describe.ts";
import { decodeUtf8, describeReadFailure, isForbidden, type ReadFile } from "./files.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { parseSource, type Source } from "./source.ts";

const MOST_OCTETS = 1_024 * 1_024;

/**
 * Reads a config file as a group of keys; what is in them isn't looked at yet.
 * @throws ConfigError when it can't be read, or isn't one.
 */
export function openSource(path: string, readFile: ReadFile): Source {
  const fail = (problem: Pick<Problem, "found" | "expected" | "hint">): never => {
    throw new ConfigError(path, [{ key: "", ...problem }]);
  };
  let bytes: Uint8Array;
  try {
    bytes = readFile(path).bytes;
  } catch (error) {
    const found = describeReadFailure(error);
    const hint = isForbidden(error)
      ? "run this as the bridge's user, whose file it is"
      : '"footbridge init" makes one, and config.example.yaml is one to start from; --config FILE names another';
    return fail({ found, expected: "a config file", hint });
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

import { type KeyPath, valueAt } from "./key-path.ts";
import { type CheckedPair, pairSchema } from "./schema.ts";

/** The pairs of a file in which something may be wrong, as far as they can be checked further. */
interface PairParts {
  /** Under their place in the list. */
  readonly pairs: ReadonlyMap<number, CheckedPair>;
  /** What the schema refused already: nothing more is said about it. */
  readonly failed: readonly KeyPath[];
}

/** Takes the pairs out of the data; what doesn't fit is left out of a pair, so that the rest of it is checked too. */
export function pairParts(data: unknown, networks: readonly string[]): PairParts {
  const list = valueAt(data, ["pairs"]);
  const schema = pairSchema(networks);
  const pairs = new Map<number, CheckedPair>();
  const failed: KeyPath[] = [];
  for (const [index, part] of Array.isArray(list) ? list.entries() : []) {
    let result = schema.safeParse(part);
    if (!result.success && typeof part === "object" && part !== null) {
      const mended = copyOf(part);
      for (const issue of result.error.issues) {
        const path = issue.path.map(String);
        const paths = issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
        for (const wrong of paths) {
          failed.push(["pairs", index, ...wrong]);
          mend(mended, wrong, issue.code !== "unrecognized_keys");
        }
      }
      result = schema.safeParse(mended);
    }
    if (result.success) pairs.set(index, result.data);
  }
  return { pairs, failed };
}

/** A copy, two levels deep: a pair has no more. Its secrets stay what they are. */
function copyOf(part: object): Record<string, unknown> {
  const names = valueAt(part, ["names"]);
  return typeof names === "object" && names !== null ? { ...part, names: { ...names } } : { ...part };
}

/** Puts a stand-in where something was refused, or takes it out. */
function mend(pair: Record<string, unknown>, path: readonly string[], keep: boolean): void {
  const [first = "", second] = path;
  const names = valueAt(pair, ["names"]);
  if (second !== undefined && typeof names === "object" && names !== null) {
    if (keep) Object.assign(names, { [second]: "?" });
    else Reflect.deleteProperty(names, second);
  } else if (first === "names") pair.names = {};
  else if (keep) pair[first] = "?";
  else Reflect.deleteProperty(pair, first);
}

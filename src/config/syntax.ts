import type { ErrorCode } from "yaml";
import type { Problem } from "./problem.ts";

type Words = Pick<Problem, "found" | "expected" | "hint">;

// The parser's own messages quote the file, and so could show a secret: each code has words of ours.
const WORDS: Readonly<Partial<Record<ErrorCode, Words>>> = {
  BAD_INDENT: {
    found: "a line that is indented in another way than its group",
    expected: "the same number of spaces for all keys of a group",
  },
  TAB_AS_INDENT: { found: "a tab", expected: "spaces: YAML takes no tabs for indentation" },
  DUPLICATE_KEY: { found: "a key that stands twice", expected: "each key once in its group" },
  MULTIPLE_DOCS: { found: "a second document (---)", expected: "one document in the file" },
  MISSING_CHAR: {
    found: "a text, list or group that isn't closed",
    expected: "the closing quote or bracket, or the colon after a key",
  },
  UNEXPECTED_TOKEN: { found: "something that YAML doesn't allow here", expected: "a key or a value" },
  BAD_SCALAR_START: {
    found: "a text that begins with a character that YAML keeps for itself",
    expected: "quotes around such a text",
  },
  BLOCK_AS_IMPLICIT_KEY: {
    found: "two keys in one line",
    expected: "one key in a line, and quotes around a text that holds a colon",
  },
  MULTILINE_IMPLICIT_KEY: {
    found: "a key that runs over several lines",
    expected: "a key and its colon in one line",
  },
  KEY_OVER_1024_CHARS: { found: "a key of more than 1,024 characters", expected: "a key and a colon" },
  NON_STRING_KEY: { found: "a key that is no text", expected: "a text as the key" },
  BAD_DQ_ESCAPE: {
    found: "an unknown escape in double quotes",
    expected: "\\\\ for a backslash, or single quotes",
  },
  TAG_RESOLVE_FAILED: { found: "a tag (!...) that means nothing here", expected: "no tag" },
  RESOURCE_EXHAUSTION: { found: "too many levels of lists or groups", expected: "a few levels" },
};

const OTHERWISE: Words = { found: "a line that is no YAML", expected: "YAML as in config.example.yaml" };

/** What a syntax error of the YAML parser means, in words that quote nothing of the file. */
export function describeSyntax(code: ErrorCode): Words {
  return WORDS[code] ?? OTHERWISE;
}

/** What is refused though the parser took it. */
export const SyntaxLimits = {
  tooDeep: { key: "", found: "too many levels of lists or groups", expected: "a few levels" },
  tooManyAliases: { key: "", found: "a great many aliases (*name)", expected: "few of them, or none" },
  unusableKey: { key: "", found: "the key __proto__", expected: "another key" },
  strayAlias: {
    key: "",
    found: "an alias (*name) of nothing, or of what it lies in",
    expected: "the anchor (&name) before it, and quotes around a text that begins with *",
  },
} as const satisfies Record<string, Problem>;

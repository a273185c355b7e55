import { z } from "zod";
import { describeKind, describeValue } from "./describe.ts";
import { isUnder, type KeyPath, printableUnknown, printPath, valueAt } from "./key-path.ts";
import type { Problem } from "./problem.ts";
import type { Source } from "./source.ts";
import { didYouMean } from "./suggest.ts";

/** A zod issue, as far as it is used. */
export type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of keys",
  record: "a group of keys",
};

const OTHERWISE = "another value";

/**
 * Words for what a schema expects where it says none of its own: hand it to `safeParse` as `{error: expectedWords}`,
 * and each issue's message is what was expected.
 */
export function expectedWords(issue: RawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPES[String(issue.expected)] ?? "something else";
    case "invalid_value":
      return alternatives((issue.values as readonly unknown[]).map(String)); // zod's own: literals
    case "too_small":
      return bound(String(issue.origin), "at least", Number(issue.minimum), issue.inclusive === false);
    case "too_big":
      return bound(String(issue.origin), "at most", Number(issue.maximum), issue.inclusive === false);
    case "unrecognized_keys":
      return "only known keys";
    case "invalid_format":
      return issue.format === "url" ? "a URL" : "a text in another form";
    default:
      return OTHERWISE;
  }
}

function alternatives(values: readonly string[]): string {
  return values.length === 1 ? `${values[0]}` : `one of ${values.join(", ")}`;
}

function bound(origin: string, side: string, limit: number, exclusive: boolean): string {
  if (origin === "string") return limit === 1 ? "a text" : `a text of ${side} ${limit} characters`;
  if (origin === "array") return `a list of ${side} ${limit}`;
  if (exclusive) return `a number ${side === "at least" ? "above" : "below"} ${limit}`;
  return `a number of ${side} ${limit}`;
}

/** What the issues are about. */
interface IssueContext {
  readonly source: Source;
  /** The data that was checked, from the root of the file. */
  readonly data: unknown;
  /** Where the checked part stands in it. */
  readonly root: KeyPath;
  /** The schema of that part, for suggestions; anything else than a zod schema gives none. */
  readonly schema: unknown;
  /** Whether a value under this path may be shown: it is surely no secret and no address. */
  readonly showable: (path: KeyPath) => boolean;
}

/** Turns zod's issues into problems with their place in the file. */
export function problemsOf(issues: readonly Issue[], context: IssueContext): Problem[] {
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return unknownKeys(issue, context);
    const meant =
      issue.code === "invalid_union" && issue.message === OTHERWISE ? meantBranch(issue) : undefined;
    return meant === undefined ? [one(issue, context)] : problemsOf(meant, context);
  });
}

/** Of a union that has no words of its own, what is wrong in the branch whose type fits. */
function meantBranch(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  const fits = (branch: readonly Issue[]) =>
    branch.every((inner) => inner.path.length > 0 || inner.code !== "invalid_type");
  const branch = issue.errors.find(fits);
  if (branch !== undefined)
    return branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
  const expected = issue.errors.flatMap((inner) => inner.map(({ message }) => message));
  return [
    { code: "custom", path: issue.path, message: [...new Set(expected)].join(" or "), input: undefined },
  ];
}

function one(issue: Issue, context: IssueContext): Problem {
  const path = [
    ...context.root,
    ...issue.path.map((step) => (typeof step === "number" ? step : String(step))),
  ];
  const value = valueAt(context.data, path);
  const numeric =
    (issue.code === "too_big" || issue.code === "too_small") && typeof value === "number" && value < 1e6;
  const found = context.showable(path) || numeric ? describeValue(value) : describeKind(value);
  const hint = hintOf(issue, value);
  return {
    ...context.source.placeOf(path),
    key: printPath(path),
    found,
    expected: issue.message,
    ...(hint === undefined ? {} : { hint }),
  };
}

function hintOf(issue: Issue, value: unknown): string | undefined {
  if (issue.code === "custom" && typeof issue.params?.hint === "string") return issue.params.hint;
  if (issue.code === "invalid_value" && typeof value === "string")
    return didYouMean(value, issue.values.map(String));
  const wantsText =
    issue.code === "invalid_union" || (issue.code === "invalid_type" && issue.expected === "string");
  if (wantsText && (typeof value === "number" || typeof value === "boolean")) {
    if (!issue.message.startsWith("a duration")) return "put it in quotes";
    return `did you mean "${value}s"?`;
  }
  return undefined;
}

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, context: IssueContext): Problem[] {
  const within = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const known = knownKeys(context.schema, within);
  const there = valueAt(context.data, [...context.root, ...within]);
  const free = known.filter(
    (key) => typeof there !== "object" || there === null || !Object.hasOwn(there, key),
  );
  return issue.keys.map((key) => {
    const group = [...context.root, ...within];
    const hint = didYouMean(key, free.length > 0 ? free : known);
    return {
      ...context.source.placeOfKey([...group, key]),
      key: [printPath(group), printableUnknown(key)].filter((part) => part !== "").join("."),
      found: "an unknown key",
      expected: known.length === 0 ? "only known keys" : alternatives(known),
      ...(hint === undefined ? {} : { hint }),
    };
  });
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** The keys that a schema knows at a path. */
function knownKeys(schema: unknown, path: KeyPath): readonly string[] {
  if (!isZod(schema)) return [];
  let json: unknown;
  try {
    json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  } catch {
    return []; // of another copy of zod, and of parts that this one can't describe
  }
  return [...new Set(keysAt(json as JsonSchema, path))]; // JSON Schema, as far as zod writes it
}

/** Whether it is a schema of zod 4, of whichever copy. */
function isZod(schema: unknown): schema is z.ZodType {
  return typeof schema === "object" && schema !== null && "_zod" in schema;
}

function keysAt(schema: JsonSchema, path: KeyPath): readonly string[] {
  const branches = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const [step, ...rest] = path;
  return branches.flatMap((branch) => {
    if (branch !== schema) return keysAt(branch, path);
    if (step === undefined) return Object.keys(branch.properties ?? {});
    const rows = branch.additionalProperties;
    const next =
      typeof step === "number"
        ? branch.items
        : (branch.properties?.[step] ?? (typeof rows === "object" ? rows : undefined));
    return next === undefined ? [] : keysAt(next, rest);
  });
}

/** Leaves out what follows from a secret that couldn't be had. */
export function withoutConsequences(
  issues: readonly Issue[],
  root: KeyPath,
  failed: readonly KeyPath[],
): readonly Issue[] {
  return issues.filter((issue) => {
    const path = [...root, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
    return !failed.some((secret) => isUnder(path, secret));
  });
}

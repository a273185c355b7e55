import type { Issue } from "./issues.ts";

/** What is said where a schema has no words that may be shown. */
const OTHERWISE = "another value";

/**
 * Reads the issues of an adapter's schema, which may be one of another copy or version of zod, or of none: whatever has no form
 * that we know becomes an issue with a path alone. Words of zod 3 quote what was found, which may be a secret: they are left out.
 */
export function readIssues(issues: readonly unknown[]): readonly Issue[] {
  return issues.map(readIssue);
}

function readIssue(issue: unknown): Issue {
  const { code, path, message, ...rest } = group(issue);
  const places = Array.isArray(path) ? path.filter(isStep) : [];
  const words = typeof message === "string" && message !== "" && !("received" in rest) ? message : OTHERWISE;
  const base = { path: places, message: words };
  const plain: Issue = { ...base, code: "custom", input: undefined };
  if (code === "unrecognized_keys") {
    const { keys } = rest;
    return isTexts(keys) ? { ...base, code, keys: [...keys] } : plain;
  }
  if (code === "invalid_union") {
    const { errors } = rest;
    if (!Array.isArray(errors)) return plain;
    const branches = errors.map((branch: unknown) => [...readIssues(Array.isArray(branch) ? branch : [])]);
    return { ...base, code, errors: branches } as Issue; // all that is used of it
  }
  if (code === "invalid_value") {
    return Array.isArray(rest.values) ? ({ ...base, code, values: rest.values } as Issue) : plain; // likewise
  }
  if (code === "invalid_type" || code === "too_big" || code === "too_small")
    return { ...rest, ...base, code } as Issue; // likewise: strings and numbers that are only compared
  if (code !== "custom") return plain;
  const { hint } = group(rest.params);
  return typeof hint === "string" ? { ...plain, params: { hint } } : plain;
}

function group(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isStep(step: unknown): step is string | number {
  return typeof step === "string" || typeof step === "number";
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

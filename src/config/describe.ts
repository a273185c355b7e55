import { Sensitive } from "../model/sensitive.ts";
import { characters } from "./key-path.ts";

/** Says what a value is without showing it: for whatever may be a secret or an address. */
export function describeKind(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (value instanceof Sensitive) return "a secret";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  switch (typeof value) {
    case "string":
      return value === "" ? "an empty text" : `a text of ${characters(value)}`;
    case "number":
    case "bigint":
      return "a number";
    case "boolean":
      return "true or false";
    default:
      return "a group of keys";
  }
}

/** Says what a value is and shows it where it is short: only for keys that never hold a secret or an address. */
export function describeValue(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string" && value !== "" && value.length <= 60) return JSON.stringify(value);
  return describeKind(value);
}

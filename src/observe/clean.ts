import { assertNever } from "../model/assert-never.ts";
import { Sensitive } from "../model/sensitive.ts";
import { type FieldType, LOG_FIELDS, type LogFieldName } from "./fields.ts";
import type { LogFields } from "./log.ts";

/** What stands in place of a value that isn't of its field's shape or looks like an address. */
export const WITHHELD = "[withheld]";

export type CleanValue = string | number | boolean;

const LONGEST = 64;
const WORD = /^[A-Za-z][A-Za-z0-9._+-]*$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]*$/;
/**
 * 96 bits as base64url (the ids of the house), 128 as base64url, base32 or hex (HMACs); no other length, so that nothing else
 * fits.
 */
const OPAQUE = /^(?:[A-Za-z0-9_-]{16}|[A-Za-z0-9_-]{22}|[a-z2-7]{26}|[0-9a-f]{32})$/;
const VERSION = /^v?\d{1,4}(?:\.\d{1,4}){0,2}$/;
const PACKAGE = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
/** What people put between the digits of a number. */
const SEPARATORS = /[\s().+_-]/g;
const PHONE = /\d{6}/;
/** A 32-digit hex id has longer runs by chance; one without letters isn't random. */
const HEX_LETTERS = /[a-f].*[a-f].*[a-f].*[a-f]/;
/** Numbers from here on are rounded to three digits, so that no phone number hides in one. */
const ROUNDED_FROM = 10_000_000;

/** The allow-listed fields with values that are safe to print, and how many others were dropped. */
export function cleanFields(fields: LogFields): Record<string, CleanValue> {
  const clean: Record<string, CleanValue> = {};
  let dropped = 0;
  for (const name of Object.keys(fields)) {
    const value: unknown = fields[name];
    if (value === undefined) continue;
    const safe = Object.hasOwn(LOG_FIELDS, name)
      ? cleanValue(LOG_FIELDS[name as LogFieldName].type, value) // own key, checked before
      : undefined;
    if (safe === undefined) dropped++;
    else clean[name] = safe;
  }
  if (dropped > 0) clean.dropped = dropped;
  return clean;
}

/** An event's name: constant in the code, checked all the same. */
export function cleanEvent(event: unknown): string {
  return typeof event === "string" ? cleanText("word", event) : WITHHELD;
}

function cleanValue(type: FieldType, value: unknown): CleanValue | undefined {
  if (value instanceof Sensitive) return String(value);
  if (typeof value === "boolean") return type === "boolean" ? value : WITHHELD;
  if (typeof value === "number") return type === "number" || type === "word" ? cleanNumber(value) : WITHHELD;
  if (typeof value === "string") return cleanText(type, value);
  return undefined;
}

function cleanNumber(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  if (Math.abs(value) >= ROUNDED_FROM) return Number(value.toPrecision(3));
  return Math.round(value * 1000) / 1000;
}

/** Looks at the whole text before it is cut: half a number would pass as none. */
function cleanText(type: FieldType, text: string): string {
  switch (type) {
    case "word":
      return WORD.test(text) && !looksLikePhone(text) ? text.slice(0, LONGEST) : WITHHELD;
    case "name":
      return NAME.test(text) && !looksLikePhone(text) ? text.slice(0, LONGEST) : WITHHELD;
    case "opaque":
      return OPAQUE.test(text) && (HEX_LETTERS.test(text) || !looksLikePhone(text)) ? text : WITHHELD;
    case "version":
      return VERSION.test(text) && !PHONE.test(text.replaceAll(".", "")) ? text : WITHHELD;
    case "package":
      return PACKAGE.test(text) && !looksLikePhone(text) ? text.slice(0, LONGEST) : WITHHELD;
    case "number":
    case "boolean":
      return WITHHELD;
    default:
      return assertNever(type);
  }
}

function looksLikePhone(text: string): boolean {
  return PHONE.test(text.replace(SEPARATORS, ""));
}

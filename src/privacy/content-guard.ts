import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { Address } from "../model/address.ts";
import { assertNever } from "../model/assert-never.ts";
import type { Sensitive } from "../model/sensitive.ts";
import { findAddresses } from "./guard/addresses.ts";
import { runsOf } from "./guard/digit-runs.ts";
import type { Finding, GivenAway } from "./guard/found.ts";
import { findCards, findLinks } from "./guard/links.ts";
import { findPhones } from "./guard/phones.ts";
import { type Reading, read } from "./guard/reading.ts";

export type { GivenAway, GivenAwayKind } from "./guard/found.ts";

/** What the guard needs to know beside the text. */
export interface GuardOptions {
  /** The country whose national numbers are looked for (`GB`): of the sender's own number, else of the bridge. */
  readonly country?: string;
  /** The bridge's own numbers (E.164) and Matrix ids: what people paste into their adverts gives nobody away. */
  readonly ours?: readonly string[];
}

/** The country of a phone number in E.164; undefined for any other address. */
export function countryOf(address: Sensitive<Address>): string | undefined {
  const number = parsePhoneNumberFromString(address.expose());
  return number?.country ?? number?.getPossibleCountries()[0];
}

/**
 * Finds where a text gives somebody's way to be reached away: phone numbers in any script, grouping and disguise that is still
 * read as one, mail addresses, Matrix and WhatsApp ids, chat links, contact cards. What numbers in a sale usually are (prices,
 * dates, sizes, order numbers, IBANs, handle codes) is none. In order, without overlaps.
 */
export function findGivenAway(text: string, options: GuardOptions = {}): readonly GivenAway[] {
  const reading = read(text);
  const sure = withoutOverlaps(
    [...findCards(reading.text), ...findLinks(reading.text), ...findAddresses(reading.text)],
    reading.text.length,
  );
  const phones = findPhones(reading.text, sure, supported(options.country)).map(
    (stretch): Finding => ({ kind: "phone", ...stretch }),
  );
  return [...sure, ...phones]
    .filter((found) => !isOurs(found, reading, options.ours ?? []))
    .toSorted((a, b) => a.start - b.start)
    .map((found) => ({ kind: found.kind, ...reading.inSource(found) }));
}

function supported(country: string | undefined): CountryCode | undefined {
  return country !== undefined && isSupportedCountry(country) ? country : undefined;
}

/** Of two that overlap the one that was found first stays. */
function withoutOverlaps(found: readonly Finding[], length: number): Finding[] {
  const taken = new Uint8Array(length);
  return found.filter(({ start, end }) => {
    if (taken.subarray(start, end).includes(1)) return false;
    taken.fill(1, start, end);
    return true;
  });
}

/** So many digits at its end are the same in national and international writing. */
const SIGNIFICANT = 7;
/** How much of an address a hint shows. */
const SHOWN = 2;
const HIDDEN = "…";

function isOurs(found: Finding, { text }: Reading, ours: readonly string[]): boolean {
  if (ours.length === 0) return false;
  const part = text
    .slice(found.start, found.end)
    .replaceAll("%40", "@")
    .replaceAll("%3a", ":")
    .replaceAll("%2b", "+");
  const digits = /\d[\d ().-]*/.exec(part)?.[0].replace(/\D/g, "").replace(/^0+/, "") ?? "";
  return ours.some((own) => {
    if (own.startsWith("+")) return digits.length >= SIGNIFICANT && own.endsWith(digits);
    return found.kind === "mxid" ? part === own.toLowerCase() : part.includes(own.toLowerCase());
  });
}

/**
 * As much of what was found as its owner needs to know it again, for a question: `··42`, `an…@…`, `@an…`, `t.me/…`; a card is
 * `…`.
 */
export function hintOf(text: string, found: GivenAway): string {
  const part = read(text.slice(found.start, found.end)).text;
  switch (found.kind) {
    case "phone":
      return lastDigits(part);
    case "jid":
      return lastDigits(part.slice(0, part.indexOf("@")));
    case "email":
      return `${part.slice(0, SHOWN)}${HIDDEN}@${HIDDEN}`;
    case "mxid":
      return part.startsWith("@") ? `${part.slice(0, SHOWN + 1)}${HIDDEN}` : HIDDEN;
    case "link":
      return (
        (/^(?:https?:\/\/)?(?:www\.)?([a-z]+:(?:\/\/)?|[^/]*\/)?/.exec(part)?.[1] ?? "") + lastDigits(part)
      );
    case "card":
      return HIDDEN;
    default:
      return assertNever(found.kind);
  }
}

/** The text with what was found in it cut down to its hints. `found` as `findGivenAway` gave it for this text. */
export function maskGivenAway(text: string, found: readonly GivenAway[] = findGivenAway(text)): string {
  let masked = "";
  let at = 0;
  for (const one of found) {
    masked += text.slice(at, one.start) + hintOf(text, one);
    at = one.end;
  }
  return masked + text.slice(at);
}

function lastDigits(part: string): string {
  const digits = runsOf(part)
    .flat()
    .map((group) => group.digits)
    .join("");
  return digits.length < SIGNIFICANT ? HIDDEN : `··${digits.slice(-SHOWN)}`;
}

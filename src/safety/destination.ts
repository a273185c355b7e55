import { type PhoneNumber, parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { RiskyNumber, SmsRules } from "../config/index.ts";
import type { Address } from "../model/address.ts";
import type { Sensitive } from "../model/sensitive.ts";

/** What a text to a phone number means for the limits. */
export type Destination =
  | {
      readonly kind: "ordinary";
      /** The range: country code and what its operators' and areas' blocks begin with. Of many thousand numbers, so no address. */
      readonly prefix: string;
      /** Of one part, in the operator's unit. */
      readonly cost: number;
    }
  /** No text goes there: numbers of a risky kind, or of a country that the operator didn't name (`elsewhere`). */
  | { readonly kind: "refused"; readonly why: RiskyNumber | "elsewhere" };

/** In the North American plan an area is three digits (+1 876 is Jamaica), elsewhere two tell countries' operators apart. */
const DIGITS_OF_A_RANGE = 2;
const DIGITS_OF_AN_AREA = 3;
const NORTH_AMERICA = "1";

/**
 * Where a text to an E.164 number goes.
 *
 * SMS pumping works like this: somebody asks a service for texts to numbers on which they earn a share of the fee. So numbers
 * that aren't an ordinary phone of a country are a class of their own, refused unless `limits.smsRefuse` leaves it out:
 * - premium: premium rate as the country's plan has it (+1 900, +44 9, +33 899);
 * - special: shared cost, personal (+44 70), pagers, voice mail, company-wide numbers, free phone;
 * - satellite: country codes of no country (+870, +878, +881, +882, +883, +888, +979, +800, +808);
 * - unallocated: no number of any plan that libphonenumber knows. These bring the highest fees, since what routes them is a lie.
 *   New ranges are unallocated until the library is updated, and numbers reserved for films (+1 555, +44 7700 900) for ever.
 *
 * `limits.smsTo` is the stronger means: name the countries that you serve.
 */
export function destinationOf(number: Sensitive<Address>, { to, refuse, costs }: SmsRules): Destination {
  const e164 = number.expose();
  const parsed = parsePhoneNumberFromString(e164);
  const risk = riskOf(e164, parsed);
  if (risk !== undefined && refuse.includes(risk)) return { kind: "refused", why: risk };
  if (to.length > 0 && !to.some((beginning) => e164.startsWith(beginning)))
    return { kind: "refused", why: "elsewhere" };
  return { kind: "ordinary", prefix: rangeOf(e164, parsed), cost: costOf(e164, costs) };
}

/** `+979` and `+800` have numbers that libphonenumber takes for impossible or free: the code alone decides. */
const OF_NO_COUNTRY = /^\+(?:800|808|870|878|881|882|883|888|979)/;

function riskOf(e164: string, parsed: PhoneNumber | undefined): RiskyNumber | undefined {
  if (OF_NO_COUNTRY.test(e164)) return "satellite";
  const type = parsed?.getType();
  switch (type) {
    case undefined:
      return "unallocated";
    case "PREMIUM_RATE":
      return "premium";
    case "MOBILE":
    case "FIXED_LINE":
    case "FIXED_LINE_OR_MOBILE":
    case "VOIP":
      return undefined;
    default:
      return "special";
  }
}

function rangeOf(e164: string, parsed: PhoneNumber | undefined): string {
  const code = parsed?.countryCallingCode ?? "";
  const digits = code === NORTH_AMERICA ? DIGITS_OF_AN_AREA : DIGITS_OF_A_RANGE;
  return e164.slice(0, 1 + code.length + digits);
}

function costOf(e164: string, costs: SmsRules["costs"]): number {
  let longest = "";
  let cost = 1;
  for (const [beginning, price] of Object.entries(costs)) {
    if (!e164.startsWith(beginning) || beginning.length <= longest.length) continue;
    longest = beginning;
    cost = price;
  }
  return cost;
}

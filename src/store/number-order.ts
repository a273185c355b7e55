import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { Address } from "../model/address.ts";
import type { Sensitive } from "../model/sensitive.ts";

/** One of our numbers, as far as it matters for choosing one. */
export interface PoolNumber {
  readonly number: Sensitive<Address>;
  readonly home: Home;
  /** People text it to reach the bridge itself. */
  readonly isFrontDoor: boolean;
  /** How many phones have it, about. */
  readonly load: number;
}

/** Where a phone number is at home; both undefined for what is none. */
export interface Home {
  /** ISO 3166, where it can be told: `PT`. */
  readonly country: string | undefined;
  /** ITU E.164: `351`; several countries share `1`. */
  readonly callingCode: string | undefined;
}

/** Where a number is at home, by its digits. About 30 us. */
export function homeOf(number: Sensitive<Address>): Home {
  const parsed = parsePhoneNumberFromString(number.expose());
  return { country: parsed?.country, callingCode: parsed?.countryCallingCode };
}

/**
 * The pool as it is best for a phone: the number that it texted; then those of its own country, since texting abroad costs; of
 * these the front door last, so that it stays free for codes and commands; then the least loaded, then as in the config.
 */
export function inOrder(
  pool: readonly PoolNumber[],
  phone: Home,
  texted: Sensitive<Address> | undefined,
): readonly PoolNumber[] {
  const rank = (each: PoolNumber): readonly number[] => [
    each.number.expose() === texted?.expose() ? 0 : 1,
    -nearness(each.home, phone),
    each.isFrontDoor ? 1 : 0,
    each.load,
  ];
  const ranked = pool.map((each) => ({ each, by: rank(each) }));
  return ranked.sort((one, other) => compare(one.by, other.by)).map(({ each }) => each);
}

function nearness(one: Home, other: Home): number {
  if (one.callingCode !== other.callingCode) return 0;
  return one.country === other.country ? 2 : 1;
}

/** By the first place in which they differ; sort keeps the order of equals. */
function compare(one: readonly number[], other: readonly number[]): number {
  for (const [i, left] of one.entries()) {
    const difference = left - (other[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { TON } from "./smpp/constants.ts";
import type { SmeAddress } from "./smpp/pdu.ts";

/** How source addresses whose type of number is unknown are read: as international digits, or only where they say so. */
type NumbersAre = "international" | "marked";

/**
 * The E.164 form of what a person wrote as a phone number with its country code, or undefined when it can't be one.
 * Possible is enough: numbers reserved for tests are valid nowhere. Short codes and alphanumeric senders are none.
 */
export function e164(text: string): string | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith("+")) return undefined;
  const parsed = parsePhoneNumberFromString(trimmed);
  return parsed?.isPossible() && parsed.ext === undefined ? parsed.number : undefined;
}

/** How many addresses are remembered; parsing one takes 30 microseconds. */
const REMEMBERED = 5_000;

/** Turns addresses of PDUs into the house's form and back. */
export class Numbering {
  readonly #numbersAre: NumbersAre;
  readonly #known = new Map<string, string>();

  constructor(numbersAre: NumbersAre) {
    this.#numbersAre = numbersAre;
  }

  /** E.164 with `+` where it is a phone number; short codes and alphanumeric senders stay as they are (one-way). */
  read(address: SmeAddress): string {
    const key = `${address.ton}:${address.digits}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = this.#parse(address);
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(key, value);
    return value;
  }

  #parse({ ton, digits }: SmeAddress): string {
    if (digits.startsWith("+")) return e164(digits) ?? digits;
    if (!/^\d+$/.test(digits)) return digits;
    const isInternational =
      ton === TON.international || (ton === TON.unknown && this.#numbersAre === "international");
    return (isInternational ? e164(`+${digits}`) : undefined) ?? digits;
  }
}

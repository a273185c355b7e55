import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** The E.164 form of a phone number with its country code, or undefined when it can't be one. */
export function e164(text: string): string | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith("+")) return undefined;
  const parsed = parsePhoneNumberFromString(trimmed);
  return parsed?.isPossible() && parsed.ext === undefined ? parsed.number : undefined;
}

/**
 * Countries where WhatsApp may know a mobile number with a digit more, or less, than it is dialled with: a 1 in Mexico, a 9 in
 * Argentina and Brazil (there behind the area code). The mark stands where that digit may be.
 */
const EXTRA_DIGITS: readonly RegExp[] = [/^(52)1?(\d{10})$/, /^(54)9?(\d{10})$/, /^(55\d{2})9?(\d{8})$/];

/** Whether a phone's JID belongs to a number of the config. */
export function isNumberOf(jid: string, number: string): boolean {
  const user = /^\d+(?=[_:@])/.exec(jid)?.[0];
  return user !== undefined && plain(user) === plain(number.replace("+", ""));
}

/** The digits without the one that WhatsApp may or may not have. */
function plain(digits: string): string {
  for (const shape of EXTRA_DIGITS) {
    const parts = shape.exec(digits);
    if (parts !== null) return `${parts[1]}${parts[2]}`;
  }
  return digits;
}

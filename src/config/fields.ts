import { z } from "zod";
import type { Milliseconds } from "../model/time.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { didYouMean } from "./suggest.ts";

/** A duration such as `20h`, in ms, within a range. */
export function duration(range: { readonly least: Milliseconds; readonly most: Milliseconds }) {
  const expected = `a duration from ${formatDuration(range.least)} to ${formatDuration(range.most)}, such as ${formatDuration(range.most)}`;
  return z.string({ error: expected }).transform((text, context): Milliseconds => {
    const span = parseDuration(text);
    if (span !== undefined && span >= range.least && span <= range.most) return span;
    context.addIssue({ code: "custom", message: expected });
    return z.NEVER;
  });
}

/** An IANA time zone such as `Europe/Lisbon`. */
export function timeZone() {
  const expected = "a time zone such as Europe/Lisbon";
  return z.string({ error: expected }).superRefine((text, context) => {
    try {
      new Intl.DateTimeFormat("en", { timeZone: text });
    } catch {
      const hint = didYouMean(text, Intl.supportedValuesOf("timeZone"));
      context.addIssue({ code: "custom", message: expected, params: { hint } });
    }
  });
}

const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Whether a name would show an address: a row of digits, or a Matrix id. */
function looksLikeAddress(name: string): boolean {
  return /\p{Nd}{5}/u.test(name.replaceAll(/[\s().+/-]/g, "")) || name.includes("@");
}

/** The name that a participant is seen under by the other. */
export function shownName() {
  const expected = "a name of 1 to 40 characters that shows no number and no address";
  return z
    .string({ error: expected })
    .transform((text) => text.trim().normalize("NFC"))
    .refine(
      (name) => name.length > 0 && name.length <= 40 && !CONTROL.test(name) && !looksLikeAddress(name),
      {
        error: expected,
      },
    );
}

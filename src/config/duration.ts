import { DAY, HOUR, MINUTE, type Milliseconds, SECOND } from "../model/time.ts";

const UNITS: Readonly<Record<string, Milliseconds>> = { d: DAY, h: HOUR, m: MINUTE, s: SECOND, ms: 1 };
const WHOLE = /^(?:\d{1,9}(?:ms|[dhms]))+$/;
const PART = /(\d+)(ms|[dhms])/g;

/** Reads `20h`, `1h30m`, `500ms`; undefined when it is none. */
export function parseDuration(text: string): Milliseconds | undefined {
  if (!WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) {
    total += Number(amount) * (UNITS[unit ?? ""] ?? Number.NaN);
  }
  return total;
}

/** Writes a duration as people write it in the config: `1h30m`. */
export function formatDuration(span: Milliseconds): string {
  let left = span;
  let text = "";
  for (const [unit, size] of Object.entries(UNITS)) {
    const amount = Math.floor(left / size);
    if (amount > 0) text += `${amount}${unit}`;
    left -= amount * size;
  }
  return text === "" ? "0s" : text;
}

import { DAY, HOUR, type Milliseconds } from "../model/time.ts";

const WEEK = 7 * DAY;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;

/** The longest that a handle can be made for; without a lifetime it lasts until it is ended. */
const LONGEST_LIFETIME: Milliseconds = YEAR;

/** Undefined: a unit of time that no handle is made for, or that could be two (`m`). */
const UNITS = new Map<string, Milliseconds | undefined>([
  ...["h", "hr", "hrs", "hour", "hours"].map((unit) => [unit, HOUR] as const),
  ...["d", "day", "days"].map((unit) => [unit, DAY] as const),
  ...["w", "wk", "wks", "week", "weeks"].map((unit) => [unit, WEEK] as const),
  ...["month", "months"].map((unit) => [unit, MONTH] as const),
  ...["y", "year", "years"].map((unit) => [unit, YEAR] as const),
  ...["", "m", "min", "mins", "minute", "minutes"].map((unit) => [unit, undefined] as const),
  ...["s", "sec", "secs", "second", "seconds", "mo"].map((unit) => [unit, undefined] as const),
]);

/**
 * Takes `for 30d`, `for 2 weeks`, `for a month` off the end of a text. What only looks like it (`for sale`, `for 300 euros`)
 * stays; `unreadable`: it means a time, and none that a handle can have.
 */
export function splitLifetime(text: string): {
  readonly before: string;
  readonly lifetime: Milliseconds | "unreadable" | undefined;
} {
  const words = text.split(" ");
  const at = words.findLastIndex((word) => /^for$/i.test(word));
  const said =
    at < 0
      ? undefined
      : lifetimeOf(
          words
            .slice(at + 1)
            .join(" ")
            .toLowerCase(),
        );
  return said === undefined
    ? { before: text, lifetime: undefined }
    : { before: words.slice(0, at).join(" "), lifetime: said };
}

function lifetimeOf(text: string): Milliseconds | "unreadable" | undefined {
  const [, amount, unit = ""] = /^(an?|\d{1,6}) ?([a-z]*)$/.exec(text) ?? [];
  if (amount === undefined || !UNITS.has(unit)) return undefined;
  const isWord = amount.startsWith("a");
  if (isWord && unit.length < 3) return undefined; // "for a", "for a d"
  const size = UNITS.get(unit);
  const lifetime = (isWord ? 1 : Number(amount)) * (size ?? 0);
  return lifetime < HOUR || lifetime > LONGEST_LIFETIME ? "unreadable" : lifetime;
}

/** `for 30d`, `for 36h` */
export function printLifetime(lifetime: Milliseconds): string {
  return lifetime % DAY === 0 ? `for ${lifetime / DAY}d` : `for ${lifetime / HOUR}h`;
}

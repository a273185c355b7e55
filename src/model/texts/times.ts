import type { Timestamp } from "../time.ts";

/** A moment within the next day as people read it, `18:00` or `18:00 tomorrow`, in an IANA time zone. */
export function timeOfDay(at: Timestamp, now: Timestamp, timeZone: string): string {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone });
  const time = clockTime(at, timeZone);
  return day.format(at) === day.format(now) ? time : `${time} tomorrow`;
}

function clockTime(at: Timestamp, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  }).format(at);
}

/** A day as people read it, in an IANA time zone: `22 Dec`, or `22 Dec 2027` when it isn't this year's. */
export function dayOf(at: Timestamp, now: Timestamp, timeZone: string): string {
  const year = new Intl.DateTimeFormat("en-CA", { year: "numeric", timeZone });
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    timeZone,
    ...(year.format(at) === year.format(now) ? {} : { year: "numeric" }),
  }).format(at);
}

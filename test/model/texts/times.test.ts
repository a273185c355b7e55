import { expect, test } from "vitest";
import { dayOf } from "../../../src/model/texts.ts";

const now = Date.UTC(2026, 10, 22, 12);

test.each([
  [Date.UTC(2026, 11, 22, 12), "UTC", "22 Dec"],
  [Date.UTC(2026, 11, 31, 23, 30), "UTC", "31 Dec"],
  [Date.UTC(2026, 11, 31, 23, 30), "Europe/Berlin", "1 Jan 2027"],
  [Date.UTC(2027, 10, 22, 12), "UTC", "22 Nov 2027"],
])("%i in %s is %s", (at, timeZone, day) => {
  expect(dayOf(at, now, timeZone)).toBe(day);
});

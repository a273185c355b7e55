import { DAY } from "../../src/model/time.ts";
import type { Bindings } from "./player.ts";

/** What is known before a transcript begins: `{day}`, 30 days from now, and `{who}`, what is shown of whose address. */
export function bindingsAt(now: number, addresses: readonly (readonly [string, string])[]): Bindings {
  const known = new Map([["day", inThirtyDays(now)]]);
  for (const [who, address] of addresses) known.set(who, hintOf(address));
  return known;
}

/** Two characters of an address: `@al…`, or `42` of a number. */
function hintOf(address: string): string {
  return address.startsWith("@") ? `${address.slice(0, 3)}…` : address.slice(-2);
}

/** As people read it, in UTC. */
function inThirtyDays(now: number): string {
  const [then, today] = [new Date(now + 30 * DAY), new Date(now)];
  const year = then.getUTCFullYear() === today.getUTCFullYear() ? "" : ` ${then.getUTCFullYear()}`;
  return `${then.getUTCDate()} ${then.toLocaleString("en-GB", { month: "short", timeZone: "UTC" })}${year}`;
}

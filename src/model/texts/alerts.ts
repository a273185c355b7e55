import { assertNever } from "../assert-never.ts";

/** What the operator is told of beside their accounts; in docs/monitoring.md with what to do. */
export const ALERT_KINDS = [
  "queue",
  "undecided",
  "buried",
  "disk",
  "memory",
  "clock",
  "keys",
  "certificate",
] as const;
type AlertKind = (typeof ALERT_KINDS)[number];

/** Something is wrong with the bridge itself. `name`: the operator's word for an account, or a key of the config. */
export type Alert =
  | {
      readonly kind: "queue";
      readonly network: string;
      readonly name: string;
      readonly waiting: number;
      readonly minutes: number;
    }
  | { readonly kind: "undecided"; readonly minutes: number }
  | { readonly kind: "buried"; readonly count: number }
  | { readonly kind: "disk"; readonly megabytes: number }
  | { readonly kind: "memory"; readonly percent: number }
  | { readonly kind: "clock" }
  | { readonly kind: "keys"; readonly hours: number }
  /** `days` until it ends; 0: it has ended. */
  | { readonly kind: "certificate"; readonly name: string; readonly days: number };

/** What is said of it to who runs the bridge. */
export interface AlertTexts {
  alert(what: Alert): string;
  /** After something was said of it. */
  alertOver(what: { readonly kind: AlertKind; readonly name: string }): string;
}

/** In English. */
export const alertsEnglish: AlertTexts = { alert, alertOver };

function alert(what: Alert): string {
  switch (what.kind) {
    case "queue":
      return `${what.network} (${what.name}) falls behind: ${count(what.waiting, "delivery waits", "deliveries wait")}, the oldest for ${count(what.minutes, "minute")}.`;
    case "undecided":
      return `Messages have waited for ${count(what.minutes, "minute")} to be looked at: see the bridge's log.`;
    case "buried":
      return `${count(what.count, "item")} couldn't be delivered or read: "footbridge buried" lists what is kept, and tries it again or drops it.`;
    case "disk":
      return `The bridge's disk is nearly full: ${what.megabytes} MB are free. When it is full nothing more is taken in.`;
    case "memory":
      return `Redis' memory is nearly full: ${what.percent} % is used. When it is full nothing more is taken in.`;
    case "clock":
      return "The clock jumped, so no key is destroyed until it was steady for an hour. Let NTP keep it.";
    case "keys":
      return `Keys outlive their time by ${count(what.hours, "hour")}, and what they seal could still be read: see the bridge's log.`;
    case "certificate":
      return what.days <= 0
        ? `The certificate at ${what.name} has ended: put a new one there, and restart the bridge.`
        : `The certificate at ${what.name} ends in ${count(what.days, "day")}: put a new one there, and restart the bridge.`;
    default:
      return assertNever(what);
  }
}

function alertOver({ kind, name }: { readonly kind: AlertKind; readonly name: string }): string {
  switch (kind) {
    case "queue":
      return `The queue of ${name} is short again.`;
    case "undecided":
      return "Messages are looked at in time again.";
    case "buried":
      return "Nothing is buried any more.";
    case "disk":
      return "The bridge's disk has room again.";
    case "memory":
      return "Redis has room again.";
    case "clock":
      return "The clock is steady again.";
    case "keys":
      return "All keys whose time is over are destroyed.";
    case "certificate":
      return `The certificate at ${name} is good for longer again.`;
    default:
      return assertNever(kind);
  }
}

function count(many: number, one: string, more = `${one}s`): string {
  return many === 1 ? `1 ${one}` : `${many} ${more}`;
}

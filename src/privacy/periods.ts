import { DAY, HOUR, type Milliseconds, type Timestamp } from "../model/time.ts";
import type { KeyDescriptor, TtlClass } from "./key-store.ts";

interface ClassOfKeys {
  /** How long one key is used for sealing. */
  readonly period: Milliseconds;
  /** How long what it sealed may live after that. */
  readonly keep: Milliseconds;
}

/** RECORDS.md, `E(class, period)`: short-lived records get hourly keys, longer ones daily keys. */
export const TTL_CLASSES: Readonly<Record<TtlClass, ClassOfKeys>> = {
  "24h": { period: HOUR, keep: DAY },
  "7d": { period: DAY, keep: 7 * DAY },
  "30d": { period: DAY, keep: 30 * DAY },
};

/** Peppers of event ids: one for each 7 days, kept for 7 days more. */
const EVENT_PERIOD: Milliseconds = 7 * DAY;

/** The number of the period of a class that `at` is in. */
export function epochPeriod(ttl: TtlClass, at: Timestamp): number {
  return Math.floor(at / TTL_CLASSES[ttl].period);
}

/** The generation of the event pepper at `at`. */
export function eventGeneration(at: Timestamp): number {
  return Math.floor(at / EVENT_PERIOD);
}

/** The generation of the message map's pepper at `at`: months since 1970 in UTC. */
export function mapGeneration(at: Timestamp): number {
  const date = new Date(at);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** When a key's time is over; undefined when no clock ends it. */
export function expiryOf(descriptor: KeyDescriptor): Timestamp | undefined {
  if (descriptor.purpose === "epoch") {
    const { period, keep } = TTL_CLASSES[descriptor.class];
    return (descriptor.period + 1) * period + keep;
  }
  if (descriptor.purpose === "lookup" && descriptor.lookup === "event") {
    return (descriptor.generation + 2) * EVENT_PERIOD;
  }
  return undefined;
}

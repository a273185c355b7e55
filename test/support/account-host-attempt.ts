// What the house hands to an adapter beside an operation, and what tests of adapters need around it.

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Attempt, Outcome, Progress } from "../../src/adapter/index.ts";
import type { DeliveryId } from "../../src/model/index.ts";

/** One try of an operation that notes what was asked of it. */
export class MemoryAttempt implements Attempt {
  readonly number = 1;
  readonly signal: AbortSignal;
  readonly resumed?: Progress;
  /** `mark` and `progress`, in order. */
  readonly steps: ("mark" | "progress")[] = [];
  /** The last note of how far it got. */
  last: Progress | undefined;
  /** Runs in each `mark`: to look at what went out so far, or to throw. */
  onMark: () => void | Promise<void> = () => undefined;

  constructor(resumed?: Progress, signal: AbortSignal = new AbortController().signal) {
    this.signal = signal;
    if (resumed !== undefined) this.resumed = resumed;
  }

  async mark(): Promise<void> {
    await this.onMark();
    this.steps.push("mark");
  }

  async progress(note: Progress): Promise<void> {
    this.steps.push("progress");
    this.last = note;
  }
}

/** A delivery id as the house makes them: random, safe in a path. */
export function deliveryId(): DeliveryId {
  return randomBytes(16).toString("base64url") as DeliveryId; // a fresh id is one
}

/** Base32 of 128 bits, as a portal's alias is. */
export function portalAlias(): string {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  return [...randomBytes(26)].map((byte) => letters[byte % 32]).join("");
}

/** The outcome, if it is `done`; else fails with what it is. */
export function done(outcome: Outcome): Extract<Outcome, { kind: "done" }> {
  if (outcome.kind !== "done") throw new Error(`the outcome is ${JSON.stringify(outcome)}, expected done`);
  return outcome;
}

/** Waits until something is so, and gives it. */
export async function until<T>(condition: () => T | undefined | false, ms = 5_000): Promise<T> {
  for (const end = Date.now() + ms; ; ) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for something that didn't happen`);
    await sleep(5);
  }
}

import { type Clock, HOUR, MINUTE, type Milliseconds, type Timestamp } from "../model/time.ts";

/** A wall clock that is off by more than this against the monotonic one has jumped. */
const TOLERANCE: Milliseconds = 5 * MINUTE;
/** How long the two must agree after a jump. */
const AGREEMENT: Milliseconds = HOUR;

/**
 * Watches the wall clock, since a wrong one would destroy keys too early and for ever (DESIGN.md, Leases).
 * A suspended machine looks the same as a jump, and is treated so.
 */
export interface ClockGuard {
  /** Compares the clocks; call it every minute or so. True when a jump was found now. */
  check(): boolean;
  /** False from a jump on until `confirm()`, or until the clocks agreed for an hour. Compares them, too. */
  mayDestroy(): boolean;
  /** The operator says that the clock is right as it is now. */
  confirm(): void;
}

/** A guard that trusts the clock as it is now. */
export function createClockGuard(clock: Clock): ClockGuard {
  let wall: Timestamp = clock.now();
  let steady: Milliseconds = clock.monotonic();
  let jumpedAt: Milliseconds | undefined;

  const anchor = (): void => {
    wall = clock.now();
    steady = clock.monotonic();
  };
  const check = (): boolean => {
    const drift = clock.now() - wall - (clock.monotonic() - steady);
    const jumped = Math.abs(drift) > TOLERANCE;
    if (jumped) {
      anchor();
      jumpedAt = steady;
    } else if (clock.monotonic() - steady >= AGREEMENT) {
      // Anchored anew each hour: NTP's slewing adds up over months, small jumps within the hour still do too.
      anchor();
      jumpedAt = undefined;
    }
    return jumped;
  };
  return {
    check,
    mayDestroy: () => {
      check();
      return jumpedAt === undefined;
    },
    confirm: () => {
      anchor();
      jumpedAt = undefined;
    },
  };
}

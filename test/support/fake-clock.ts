import type { Clock, Milliseconds, Timestamp } from "../../src/model/time.ts";

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Time goes by, on both clocks. */
  advance(ms: Milliseconds): void;
  /** The wall clock alone is set forward or back. */
  jump(ms: Milliseconds): void;
}

export function fakeClock(start: Timestamp = Date.UTC(2026, 0, 1)): FakeClock {
  let wall = start;
  let steady = 1_000;
  return {
    now: () => wall,
    monotonic: () => steady,
    sleep: async (ms) => {
      wall += ms;
      steady += ms;
    },
    advance: (ms) => {
      wall += ms;
      steady += ms;
    },
    jump: (ms) => {
      wall += ms;
    },
  };
}

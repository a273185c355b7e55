import type { Milliseconds } from "../model/time.ts";
import type { AcceptedEvent } from "../store/accepted-event.ts";
import type { LaneName } from "../store/lanes.ts";
import type { Fence } from "../store/meta.ts";

/** A lane that is ours. */
export interface Lane {
  readonly name: LaneName;
  fence: Fence;
  /** What is known of it, from its head on, without gaps; events that can't be opened are errors. */
  readonly events: (AcceptedEvent | Error)[];
  /** Redis has more behind them. */
  more: boolean;
  /** They are being read now: what is accepted meanwhile is left to the next reading. */
  reading: boolean;
  /** How many were committed and aren't taken off yet. */
  committed: number;
  /** How many of these Redis was asked to take off, and hasn't said so yet: it is never asked twice. */
  popping: number;
  working: boolean;
  /** When its work last made a step, on the monotonic clock. */
  movedAt: Milliseconds;
  tries: number;
  conflicts: number;
}

/** A lane that is ours from now on. Without an event in hand, all that it has stands in Redis. */
export function newLane(name: LaneName, fence: Fence, events: AcceptedEvent[], tries = 0): Lane {
  const more = events.length === 0;
  return {
    name,
    fence,
    events,
    more,
    reading: false,
    committed: 0,
    popping: 0,
    working: false,
    movedAt: 0,
    tries,
    conflicts: 0,
  };
}

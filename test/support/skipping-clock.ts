import type { Clock, Milliseconds } from "../../src/model/time.ts";
import { systemClock } from "../../src/observe/clock.ts";

/** A clock that runs as the real one does, and can be put forward: what waits for a time that has come by then wakes up. */
export interface SkippingClock extends Clock {
  /** Time goes by at once, on both clocks. Redis' own TIME doesn't: its leases and due times stay real. */
  skip(ms: Milliseconds): void;
  /** How many wait for a time that was at least so far off when they began to. */
  waiting(span: Milliseconds): number;
}

interface Sleeper {
  readonly span: Milliseconds;
  readonly end: Milliseconds;
  readonly timer: AbortController;
  readonly wake: () => void;
}

export function skippingClock(): SkippingClock {
  let skipped = 0;
  const sleepers = new Set<Sleeper>();
  const monotonic = (): Milliseconds => systemClock.monotonic() + skipped;
  const sleep = (ms: Milliseconds, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const timer = new AbortController();
      const over = (then: () => void): void => {
        sleepers.delete(sleeper);
        signal?.removeEventListener("abort", abort);
        timer.abort();
        then();
      };
      const wake = (): void => over(resolve);
      const abort = (): void => over(() => reject(signal?.reason));
      const sleeper: Sleeper = { span: ms, end: monotonic() + ms, timer, wake };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", abort, { once: true });
      systemClock.sleep(ms, timer.signal).then(wake, () => undefined); // aborted: it woke otherwise
    });
  return {
    now: () => systemClock.now() + skipped,
    monotonic,
    sleep,
    waiting: (span) => [...sleepers].filter((sleeper) => sleeper.span >= span).length,
    skip: (ms) => {
      skipped += ms;
      for (const sleeper of [...sleepers]) if (sleeper.end <= monotonic()) sleeper.wake();
    },
  };
}

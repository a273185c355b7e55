import type { Clock, Milliseconds } from "../model/time.ts";

/** Node's timers take at most 2^31 - 1 ms; what is longer would fire at once. */
const LONGEST_TIMER: Milliseconds = 2_147_483_647;

/** The machine's own clock. */
export function createClock(): Clock {
  return { now: Date.now, monotonic: () => performance.now(), sleep };
}

/** The machine's own clock, for the composition root. Everything below gets a `Clock` passed in. */
export const systemClock: Clock = createClock();

function sleep(ms: Milliseconds, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const end = performance.now() + ms;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const left = end - performance.now();
      timer = left > LONGEST_TIMER ? setTimeout(arm, LONGEST_TIMER) : setTimeout(wake, Math.max(0, left));
    };
    const wake = (): void => {
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    arm();
  });
}

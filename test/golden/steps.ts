import { setTimeout as wait } from "node:timers/promises";
import { DAY, HOUR, MINUTE, type Milliseconds, SECOND } from "../../src/model/time.ts";
import type { SkippingClock } from "../support/skipping-clock.ts";

/** What the house does now and then it does at most so often, but for claiming what is due. */
const NOW_AND_THEN: Milliseconds = 10 * SECOND;
/** After a step one of those who waited may have nothing to wait for any more. */
const AT_MOST: Milliseconds = SECOND;

/** Time goes by, in steps: all that the house does now and then is done before it goes on. */
export async function passes(clock: SkippingClock, span: Milliseconds): Promise<void> {
  let atRest = 0;
  for (let i = 0; i < 10; i++) {
    atRest = Math.max(atRest, clock.waiting(NOW_AND_THEN));
    await wait(2);
  }
  for (const step of stepsOf(span)) {
    await restful(clock, atRest);
    atRest = clock.waiting(NOW_AND_THEN);
    clock.skip(step);
  }
  await restful(clock, atRest);
}

async function restful(clock: SkippingClock, atRest: number): Promise<void> {
  for (const end = Date.now() + AT_MOST; clock.waiting(NOW_AND_THEN) < atRest && Date.now() < end; )
    await wait(2);
}

/** Days one by one, then hours, for whose keys are there before they come, then the rest and a little more. */
function stepsOf(span: Milliseconds): readonly Milliseconds[] {
  const days = Math.floor(span / DAY);
  const hours = Math.floor((span % DAY) / HOUR);
  return [
    ...Array<Milliseconds>(days).fill(DAY),
    ...Array<Milliseconds>(hours).fill(HOUR),
    (span % HOUR) + MINUTE / 2,
  ];
}

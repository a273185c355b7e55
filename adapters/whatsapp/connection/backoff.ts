import { MINUTE, type Milliseconds, type Random, SECOND } from "../../../src/model/index.ts";

const FIRST: Milliseconds = SECOND;
/** A network that sees an account knock all the time takes it for a robot. */
const LONGEST: Milliseconds = 2 * MINUTE;
const LONGEST_FOR_OPERATOR: Milliseconds = 30 * MINUTE;

/**
 * How long to wait before the next connection, after `failures` in a row: doubling from a second to two minutes, at random
 * between half of that and all of it. One that the operator has to mend is tried more rarely.
 */
export function backoff(failures: number, needsOperator: boolean, random: Random): Milliseconds {
  const first = needsOperator ? MINUTE : FIRST;
  const most = needsOperator ? LONGEST_FOR_OPERATOR : LONGEST;
  const full = Math.min(most, first * 2 ** Math.min(Math.max(failures - 1, 0), 20));
  return full * (0.5 + random.fraction() / 2);
}

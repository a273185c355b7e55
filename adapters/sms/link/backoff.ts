import { MINUTE, type Milliseconds, type Random, SECOND } from "../../../src/model/index.ts";

/**
 * How long to wait before the next try of a connection, after `failures` in a row: doubling from a quarter of a second to
 * half a minute, at random between half of that and all of it. One that the operator has to mend is tried more rarely.
 */
export function backoff(failures: number, needsOperator: boolean, random: Random): Milliseconds {
  const first = needsOperator ? 2 * SECOND : SECOND / 4;
  const most = needsOperator ? 5 * MINUTE : 30 * SECOND;
  const full = Math.min(most, first * 2 ** Math.min(Math.max(failures - 1, 0), 20));
  return full * (0.5 + random.fraction() / 2);
}

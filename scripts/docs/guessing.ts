import type { LimitSetting } from "../../src/model/limits.ts";
import type { Milliseconds } from "../../src/model/time.ts";

/**
 * The most that one scope can take of a limit in a span, by the best plan there is: run into pauses, or wait until they are
 * forgotten, or take what comes back bit by bit.
 */
export function mostTaken({ budget, per, pause }: LimitSetting, span: Milliseconds): number {
  const backIn = (time: Milliseconds) => (budget * time) / per;
  if (pause === undefined) return Math.floor(budget + backIn(span));
  const { first, longest } = pause;
  const known = new Map<string, number>();
  const best = (left: Milliseconds, pauses: number): number => {
    const state = `${left} ${pauses}`;
    const before = known.get(state);
    if (before !== undefined) return before;
    const length = Math.min(first * 2 ** pauses, longest);
    const plans = [backIn(left)];
    if (length <= left) plans.push(budget + best(left - length, pauses + 1));
    if (pauses > 0 && longest <= left) plans.push(backIn(longest) + best(left - longest, 0));
    const most = Math.max(...plans);
    known.set(state, most);
    return most;
  };
  return Math.floor(budget + best(span, 0));
}

import type { LimitRow, LimitSetting } from "./limits.ts";

/** Microseconds: whole ones, so that a script's numbers (doubles) hold every sum exactly. */
type Microseconds = number;

/**
 * A budget as GCRA (the generic cell rate algorithm, ITU-T I.371) sees it: a bucket that is described by how long it still needs
 * to be full again. What is taken makes that longer by `increment`; it is refused when it would become longer than `window`.
 */
export interface Cell {
  /** How long what is taken needs to come back. */
  readonly increment: Microseconds;
  /** How long an empty bucket needs to be full. */
  readonly window: Microseconds;
}

/** In microseconds. */
export const A_MILLISECOND: Microseconds = 1_000;

/** What taking `cost` of a limit means. Undefined when that can never be had, however long one waits. */
export function cellOf(
  row: Pick<LimitRow, "strict">,
  { budget, per }: LimitSetting,
  cost: number,
): Cell | undefined {
  // Strict: a bucket of half the size, that refills in the same time. Full once and refilled once is the budget.
  const size = row.strict === true ? Math.floor(budget / 2) : budget;
  if (cost > size) return undefined;
  const unit = Math.ceil((per * A_MILLISECOND) / size); // whole: a burst is the budget to the unit
  return { increment: cost * unit, window: size * unit };
}

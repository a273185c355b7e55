import { WAYS } from "./conversations.ts";
import { FAULTS } from "./faults.ts";
import type { RunResult } from "./scenario.ts";
import { emptyTally, sumOf, type Tally, type WayTally } from "./tally.ts";

/** What some runs came to, together. */
export interface Totals {
  runs: number;
  stops: number;
  faults: Record<string, number>;
  tally: Tally;
  bound: number;
  boots: number;
  crashes: number;
  unorderly: number;
  seconds: number;
  /** The seeds of runs in which a promise was broken. */
  failed: number[];
}

export function emptyTotals(): Totals {
  return {
    runs: 0,
    stops: 0,
    faults: {},
    tally: emptyTally(),
    bound: 0,
    boots: 0,
    crashes: 0,
    unorderly: 0,
    seconds: 0,
    failed: [],
  };
}

/** Adds a run to the totals. */
export function added(totals: Totals, run: RunResult): Totals {
  return {
    runs: totals.runs + 1,
    stops: totals.stops + run.stops,
    faults: summed(totals.faults, run.faults),
    tally: summed(totals.tally, run.tally),
    bound: totals.bound + run.bound,
    boots: totals.boots + run.boots,
    crashes: totals.crashes + run.crashes,
    unorderly: totals.unorderly + run.unorderly,
    seconds: totals.seconds + run.seconds,
    failed: isKept(run) ? totals.failed : [...totals.failed, run.seed],
  };
}

/** Whether every promise was kept. */
export function isKept({
  tally,
  bound,
  crashes,
  unorderly,
}: Omit<RunResult, "findings" | "faults" | "seed">): boolean {
  const sum = sumOf(tally);
  const broken = [sum.lost, sum.outOfOrder, sum.doubled, sum.givenUp, sum.untold, crashes, unorderly];
  return broken.every((count) => count === 0) && sum.flagged <= bound;
}

/** The totals as one line of JSON. */
export function jsonOf(totals: Totals): string {
  const { runs, stops, faults, tally, bound, boots, crashes, unorderly, seconds, failed } = totals;
  const ok = failed.length === 0;
  return JSON.stringify({
    ok,
    stops,
    runs,
    faults,
    ...sumOf(tally),
    ...tally,
    bound,
    boots,
    crashes,
    unorderly,
    seconds,
    failed,
  });
}

/** The totals as a table for people. */
export function tableOf(totals: Totals): string {
  const { tally, faults } = totals;
  const sum = sumOf(tally);
  const kinds = FAULTS.map(({ name }) => [name, faults[name] ?? 0] as const);
  const rows: readonly (readonly [string, string | number])[] = [
    ["stops", totals.stops],
    ...kinds.map(([name, count]) => [`  ${name}`, count] as const),
    ["  of these for 10 s", faults.long ?? 0],
    ["", ["taken", "arrived", "lost", "disordered", "twice"].map(column).join("")],
    ...WAYS.map((way) => [way, wayRow(tally.ways[way])] as const),
    ["all", wayRow(sum)],
    ["twice on a phone, sender was told", sum.doubledSaid],
    ["said to be uncertain (at most)", `${sum.flagged} (${totals.bound})`],
    ["  of these not arrived", sum.flaggedNotArrived],
    ["given up and said so", sum.givenUp],
    ["never taken by the end", sum.untold],
    ["daemon ended by itself", totals.crashes],
    ["SIGTERM without exit 0", totals.unorderly],
    ["starts of the daemon", totals.boots],
    ["minutes", (totals.seconds / 60).toFixed(1)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}

function wayRow({ told, arrived, lost, outOfOrder, doubled }: WayTally): string {
  return [told, arrived, lost, outOfOrder, doubled].map(column).join("");
}

function column(value: number | string): string {
  return String(value).padEnd(12);
}

/** Adds numbers that have the same place. */
function summed<T extends object>(a: T, b: T): T {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  const sums = [...keys].map((key): [string, unknown] => {
    // Both are trees of numbers with the same shape, where a missing branch counts as nothing.
    const [left, right] = [(a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]];
    const isBranch = typeof left === "object" || typeof right === "object";
    return [key, isBranch ? summed(left ?? {}, right ?? {}) : Number(left ?? 0) + Number(right ?? 0)];
  });
  return Object.fromEntries(sums) as T; // the same keys
}

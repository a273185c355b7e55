/** How many passed and failed. */
interface Tally {
  readonly passed: number;
  readonly failed: number;
}

const LINE = /^(\d+) passed, (\d+) failed$/gm;

/**
 * The last line "N passed, N failed" of a run's output. A run that failed and doesn't say so counts as one failure: it broke
 * before it could.
 */
export function lastTally(output: string, exitCode: number): Tally {
  const last = [...output.matchAll(LINE)].at(-1);
  const tally = { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

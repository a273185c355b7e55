import { NotSeen } from "./watch.ts";

/** One step as `--json` has it. `ok` is true only when everything in it was observed. */
export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Something that the demo does and watches; says what it saw. @throws NotSeen when it saw something else. */
export interface Step {
  readonly name: string;
  readonly run: () => Promise<string>;
}

/** Plays the steps in order until one fails; those after it were not reached. `onResult` hears of each. */
export async function play(
  steps: readonly Step[],
  onResult: (result: StepResult) => void,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const { name, run } of steps) {
    const isReached = results.every(({ ok }) => ok);
    const result = isReached ? await attempt(name, run) : { name, ok: false, detail: "not reached" };
    results.push(result);
    onResult(result);
  }
  return results;
}

async function attempt(name: string, run: () => Promise<string>): Promise<StepResult> {
  try {
    return { name, ok: true, detail: await run() };
  } catch (error) {
    if (error instanceof NotSeen) return { name, ok: false, detail: error.message };
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

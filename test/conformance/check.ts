import type { Stage } from "./stage.ts";

/** One promise of the contract. */
export interface Check {
  /** A sentence about the account. */
  readonly name: string;
  /** Which account it looks at; the right credentials unless it says otherwise. */
  readonly credentials?: "wrong";
  run(stage: Stage): Promise<void>;
}

/** Long enough for what mustn't happen to happen. */
export const A_MOMENT = 250;

/** Waits. */
export function pause(ms: number = A_MOMENT): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

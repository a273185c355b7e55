import type { Milliseconds } from "../model/time.ts";

/** The earliest of the last steps of what is at work; undefined when nothing is. */
export function earliest(atWork: readonly { readonly movedAt: Milliseconds }[]): Milliseconds | undefined {
  let found: Milliseconds | undefined;
  for (const { movedAt } of atWork) if (found === undefined || movedAt < found) found = movedAt;
  return found;
}

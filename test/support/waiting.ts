import { setTimeout as wait } from "node:timers/promises";
import { SECOND } from "../../src/model/time.ts";

/** Waits until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>, ms = 4_000): Promise<void> {
  for (const end = Date.now() + ms; !(await isSo()); ) {
    if (Date.now() > end) throw new Error("it didn't become so in time");
    await wait(5);
  }
}

/** Long enough for something that must not happen to happen. */
export function aWhile(ms = SECOND / 4): Promise<void> {
  return wait(ms);
}

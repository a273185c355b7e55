import type { Finding } from "../adapter/check.ts";
import { createClock } from "../observe/clock.ts";
import { errorName } from "./sentence.ts";

type Findings = readonly Finding[];

/** How long any check may take, in ms. */
const LONGEST_MS = 40_000;
const ITS_DISK = "see whether its disk or server answers at all";
/** What the system says of another user's files. */
const FORBIDDEN: ReadonlySet<unknown> = new Set(["EACCES", "EPERM"]);

/** A check that fails, or doesn't end, is a finding by itself: the others go on. */
export async function carefully(
  check: string,
  run: () => Promise<Findings>,
  longestMs = LONGEST_MS,
): Promise<Findings> {
  const done = new AbortController();
  const late = createClock()
    .sleep(longestMs, done.signal)
    .then(
      (): Findings => [
        { check, status: "problem", found: "this can't be checked: it takes too long", remedy: ITS_DISK },
      ],
      (): Findings => [],
    );
  try {
    return await Promise.race([run(), late]);
  } catch (error) {
    const found = `this can't be checked (${errorName(error)})`;
    const isForbidden = error instanceof Error && "code" in error && FORBIDDEN.has(error.code);
    const remedy = isForbidden ? "run this as the daemon's user" : "please report it, if it isn't the disk";
    return [{ check, status: "problem", found, remedy }];
  } finally {
    done.abort();
  }
}

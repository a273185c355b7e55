import type { Milliseconds } from "../src/model/time.ts";

/** Something that the demo had to see and didn't; the message is one sentence for whoever watches. */
export class NotSeen extends Error {
  override readonly name = "NotSeen";
}

/** How long the demo waits for one thing: long enough for a machine that has much else to do. */
export const LIMIT: Milliseconds = 20_000;

const EVERY: Milliseconds = 5;

/**
 * Looks until there is something to see. `what` reads on with "wasn't seen within 10 s".
 * @throws NotSeen when the limit is over.
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  limit = LIMIT,
): Promise<T> {
  const end = performance.now() + limit;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() >= end) throw new NotSeen(`${what} wasn't seen within ${limit / 1_000} s`);
    await pause(EVERY);
  }
}

/** Gives up on a promise that takes too long. @throws NotSeen */
export async function within<T>(what: string, work: Promise<T>, limit = LIMIT): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NotSeen(`${what} wasn't seen within ${limit / 1_000} s`)), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Says what was expected and isn't so. @throws NotSeen */
export function expectThat(isSo: boolean, sentence: string): void {
  if (!isSo) throw new NotSeen(sentence);
}

export function pause(ms: Milliseconds): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

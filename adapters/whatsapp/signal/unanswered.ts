import { type Clock, MINUTE, type Timestamp } from "../../../src/model/index.ts";
import type { LIDMapping } from "../baileys.ts";

type Lookup = (numbers: string[]) => Promise<LIDMapping[] | undefined>;

/** How long a number for which the server has no LID isn't asked for again. */
const FORGOTTEN_AFTER = MINUTE;
/** How many such numbers are remembered. */
const REMEMBERED = 1_000;

/**
 * A look-up of LIDs that doesn't ask the server for what it just didn't know: baileys would, several times for
 * each message of such a person, while nothing else is opened or sealed.
 */
export function patientLookup(lookup: Lookup, clock: Pick<Clock, "now">): Lookup {
  const unanswered = new Map<string, Timestamp>();
  return async (numbers) => {
    const now = clock.now();
    const asked = numbers.filter((number) => (unanswered.get(number) ?? 0) <= now);
    if (asked.length === 0) return undefined;
    const found = await lookup(asked);
    const known = new Set(found?.map(({ pn }) => pn));
    for (const number of asked) {
      unanswered.delete(number);
      if (!known.has(number)) unanswered.set(number, now + FORGOTTEN_AFTER);
    }
    for (const number of unanswered.keys()) {
      if (unanswered.size <= REMEMBERED) break;
      unanswered.delete(number);
    }
    return found;
  };
}

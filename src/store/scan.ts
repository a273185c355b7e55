import type { Connection } from "./redis/connection.ts";
import { scanKeys } from "./redis/scan.ts";

/** How many keys Redis looks at in one go: a fraction of a millisecond, then others have their turn. */
const PAGE = 200;

/**
 * The names of all keys, page by page: one that is there all the time is given at least once, and may be given twice. Octet by
 * octet (latin1), since a foreign key needn't be text.
 * @throws StoreAway
 */
export async function* scanNames(connection: Connection): AsyncGenerator<readonly string[]> {
  for await (const names of scanKeys(connection, { page: PAGE })) {
    if (names.length > 0) yield names.map((name) => name.toString("latin1"));
  }
}

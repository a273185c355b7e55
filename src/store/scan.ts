import type { Connection } from "./redis/connection.ts";
import { text } from "./reply.ts";

/** How many keys Redis looks at in one go: a fraction of a millisecond, then others have their turn. */
const PAGE = 200;

/**
 * The names of all keys, page by page (SCAN): one that is there all the time is given at least once, and may be given twice.
 * Octet by octet (latin1), since a foreign key needn't be text.
 * @throws StoreAway
 */
export async function* scanKeys(connection: Pick<Connection, "command">): AsyncGenerator<readonly string[]> {
  let cursor = "0";
  do {
    const page = await connection.command("SCAN", cursor, "COUNT", PAGE);
    const [next, names] = Array.isArray(page) ? page : [];
    cursor = text(next) ?? "0";
    const buffers = Array.isArray(names) ? names.filter(Buffer.isBuffer) : [];
    if (buffers.length > 0) yield buffers.map((name) => name.toString("latin1"));
  } while (cursor !== "0");
}

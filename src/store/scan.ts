import type { Connection } from "./redis/connection.ts";
import { layoutOf, scanKeys } from "./redis/scan.ts";

/** Slots of a cluster moved while all keys were read, so that some may have been missed. */
export class SlotsMoved extends Error {
  override readonly name = "SlotsMoved";

  constructor() {
    super(
      "found slots of the Redis Cluster on their way, expected a cluster at rest: run it again when they have arrived",
    );
  }
}

/** How many keys Redis looks at in one go: a fraction of a millisecond, then others have their turn. */
const PAGE = 200;

/**
 * The names of all keys, page by page: one that is there all the time is given at least once, and may be given twice. Octet by
 * octet (latin1), since a foreign key needn't be text.
 * @throws StoreAway; SlotsMoved at the end of it
 */
export async function* scanNames(connection: Connection): AsyncGenerator<readonly string[]> {
  const before = await layoutOf(connection);
  for await (const names of scanKeys(connection, { page: PAGE })) {
    if (names.length > 0) yield names.map((name) => name.toString("latin1"));
  }
  if (before === undefined || before !== (await layoutOf(connection))) throw new SlotsMoved();
}

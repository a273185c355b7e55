import type { AccountHost } from "../../../src/adapter/index.ts";
import type { Own } from "../inbound/stanza.ts";
import type { Pacing } from "../outbound/pacing.ts";
import type { Restriction } from "../outbound/restriction.ts";
import type { People } from "../people.ts";
import type { GroupBook } from "./book.ts";
import type { GroupQueries } from "./queries.ts";

/** What groups are opened, changed and closed with. */
export interface GroupParts {
  readonly host: Pick<AccountHost, "clock" | "log">;
  readonly own: () => Own;
  readonly people: People;
  readonly book: GroupBook;
  readonly pacing: Pacing;
  readonly restriction: Restriction;
  /** Asks over the connection that stands now; undefined when none does. */
  readonly ask: (signal?: AbortSignal) => GroupQueries | undefined;
}

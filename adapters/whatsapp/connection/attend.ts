import { type Clock, type Milliseconds, SECOND } from "../../../src/model/index.ts";
import type { Session } from "./session.ts";
import type { Watchdog } from "./watchdog.ts";

/** How long a login may take. */
const LOGIN_WITHIN: Milliseconds = 90 * SECOND;

/** What may be wrong with a session that stands: it doesn't come to log in, nothing is answered, nothing comes. */
type Trouble = "late" | "silent" | "deaf";

/**
 * Stays with a session that logs in, until something is wrong with it.
 * @param over aborted when the session is closed; then it rejects.
 * @param opened called when it is logged in.
 */
export async function attend(
  session: Session,
  { watchdog, clock }: { readonly watchdog: Watchdog; readonly clock: Clock },
  over: AbortSignal,
  opened: () => void,
): Promise<Trouble> {
  const trouble = watchdog.watch(session, over);
  const done = new AbortController();
  const tooLate = clock.sleep(LOGIN_WITHIN, AbortSignal.any([over, done.signal])).then(() => "late" as const);
  const login = session.opened.then(() => "open" as const);
  // While it logs in the watchdog watches it, too.
  const first = await Promise.race([login, tooLate, trouble]).finally(() => done.abort());
  if (first !== "open") return first;
  opened();
  return trouble;
}

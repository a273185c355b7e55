import type { AccountId } from "../model/ids.ts";

/** What is counted for each account since the start; shown by `status`. */
const COUNTED = [
  "accepted",
  "duplicate",
  "refused",
  "ignored",
  "delivered",
  "failed",
  "expired",
  "cancelled",
  "parked",
  "buried",
  "retries",
  "receipts",
  "unmatchedReceipts",
] as const;

type Counted = (typeof COUNTED)[number];

/** Counts what happens, in memory, by account. */
export class Counters {
  readonly #counts = new Map<AccountId, Map<Counted, number>>();

  add(account: AccountId, what: Counted, by = 1): void {
    let counts = this.#counts.get(account);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(account, counts);
    }
    counts.set(what, (counts.get(what) ?? 0) + by);
  }

  of(account: AccountId): Readonly<Record<Counted, number>> {
    const counts = this.#counts.get(account);
    const entries = COUNTED.map((what) => [what, counts?.get(what) ?? 0] as const);
    return Object.fromEntries(entries) as Record<Counted, number>; // one entry for each
  }
}

import type { AccountId } from "../model/ids.ts";
import { type Milliseconds, SECOND } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import { findByRef } from "../store/message-map.ts";
import { RECEIPT_PATIENCE, type WaitingReceipt } from "../store/receipts.ts";
import { StoreAway } from "../store/redis/errors.ts";
import type { House } from "./house.ts";

const AT_ONCE = 64;
/** How often an unknown ref is looked up again while its message's outcome may be on its way. */
const LOOK_AGAIN: Milliseconds = 2 * SECOND;

/** Merges receipts into the message map. They are shown to nobody yet. */
export class ReceiptWorker {
  readonly #house: House;
  readonly #running = new Set<AccountId>();
  readonly #again = new Set<AccountId>();

  constructor(house: House) {
    this.#house = house;
  }

  /** There may be receipts of this account. */
  kick(account: AccountId): void {
    if (this.#running.has(account)) {
      this.#again.add(account);
      return;
    }
    this.#running.add(account);
    this.#run(account)
      .catch((error: unknown) => {
        if (!(error instanceof StoreAway))
          this.#house.log.error("receipts.stopped", { account, ...describeError(error) });
      })
      .finally(() => {
        this.#running.delete(account);
        if (this.#again.delete(account)) this.kick(account);
      });
  }

  async #run(account: AccountId): Promise<void> {
    for (;;) {
      const due = await this.#house.receipts.due(account, this.#house.clock.now(), AT_ONCE);
      await Promise.all(due.map((receipt) => this.#merge(account, receipt)));
      if (due.length < AT_ONCE) return;
    }
  }

  async #merge(account: AccountId, { id, event }: WaitingReceipt): Promise<void> {
    const { receipts, store, clock, counters } = this.#house;
    if (event instanceof Error || event.body.kind !== "status") return receipts.drop(account, id);
    const now = clock.now();
    // Several targets are several forms of one ref: the first that is known counts.
    for (const target of event.body.targets) {
      const found = await findByRef(store, account, target.expose(), now);
      if (found === undefined) continue;
      if ((await receipts.merge(found, event.body.status, event.at)) === "unknown") continue;
      counters.add("footbridge_receipts_total", account);
      return receipts.drop(account, id);
    }
    if (now - event.acceptedAt < RECEIPT_PATIENCE) return receipts.wait(account, id, now + LOOK_AGAIN);
    counters.add("footbridge_receipts_unmatched_total", account);
    return receipts.drop(account, id);
  }
}

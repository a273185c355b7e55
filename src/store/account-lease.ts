import type { AccountId } from "../model/ids.ts";
import { type Milliseconds, SECOND } from "../model/time.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** How long an account belongs to a process that doesn't renew. */
export const ACCOUNT_LEASE: Milliseconds = 15 * SECOND;

/** The lease of an account for this process. */
export class AccountLease {
  readonly #store: Store;
  readonly #account: AccountId;
  readonly #owner: string;

  constructor(store: Store, account: AccountId, owner: string) {
    this.#store = store;
    this.#account = account;
    this.#owner = owner;
  }

  /** Takes or renews it. `force`: the folder lock proves that the owner before us is gone. False while another holds it. */
  async hold(force = false): Promise<boolean> {
    return this.#call(ACCOUNT_LEASE, force);
  }

  async release(): Promise<void> {
    await this.#call(0, false);
  }

  async #call(lease: Milliseconds, force: boolean): Promise<boolean> {
    const { connection, scripts } = this.#store;
    const args = [this.#owner, lease, force ? "force" : ""];
    return (await connection.call(scripts.lease, [keys.accountLease(this.#account)], args)) === 1;
  }
}

import type { ReceiptStatus } from "../adapter/event.ts";
import type { AccountId } from "../model/ids.ts";
import { type Milliseconds, SECOND, type Timestamp } from "../model/time.ts";
import { type AcceptedEvent, decodeEvent } from "./accepted-event.ts";
import { canonicalBytes, keys } from "./keys.ts";
import { type Found, legField, statusField } from "./message-map.ts";
import { texts } from "./reply.ts";
import type { Store } from "./store.ts";

/** A receipt about a message that the map doesn't know waits this long for its message's outcome. */
export const RECEIPT_PATIENCE: Milliseconds = 30 * SECOND;

const RANKS: Readonly<Record<ReceiptStatus, number>> = { expired: 1, failed: 2, delivered: 3, read: 4 };

/** A receipt that waits to be merged. */
export interface WaitingReceipt {
  readonly id: string;
  readonly event: AcceptedEvent | Error;
}

/**
 * Receipts on their way into the message map. They come in with the events (`Lanes.accept`), and are merged monotonically,
 * so they need no order and no dedupe: each waits by itself.
 */
export class Receipts {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Receipts that are due. */
  async due(account: AccountId, now: Timestamp, atMost: number): Promise<readonly WaitingReceipt[]> {
    const { connection, vault } = this.#store;
    const ids = texts(
      await connection.command("ZRANGEBYSCORE", keys.receiptsDue(account), "-inf", now, "LIMIT", 0, atMost),
    );
    const sealed = await Promise.all(ids.map((id) => connection.command("HGET", keys.receipts(account), id)));
    return ids.map((id, i) => {
      const item = sealed[i];
      try {
        if (!Buffer.isBuffer(item)) throw new Error("a receipt lost its record");
        return { id, event: decodeEvent(vault.open("lane-item", id, item).toString()) };
      } catch (error) {
        return {
          id,
          event: error instanceof Error ? error : new Error("a receipt can't be read", { cause: error }),
        };
      }
    });
  }

  /** Comes back to a receipt later. */
  async wait(account: AccountId, id: string, until: Timestamp): Promise<void> {
    await this.#store.connection.command("ZADD", keys.receiptsDue(account), "XX", until, id);
  }

  async drop(account: AccountId, id: string): Promise<void> {
    const { connection } = this.#store;
    const gone = connection.command("HDEL", keys.receipts(account), id);
    await Promise.all([gone, connection.command("ZREM", keys.receiptsDue(account), id)]);
  }

  /** Merges a status into the map. `merged`, or `old` when the map knows as much, or `unknown`. */
  async merge(
    { place, leg }: Found,
    status: ReceiptStatus,
    at: Timestamp,
  ): Promise<"merged" | "old" | "unknown"> {
    const { connection, scripts, vault } = this.#store;
    const { canonical, slice } = place;
    const sealed = vault.sealFor("30d", "status", canonical, JSON.stringify([status, at]));
    const reply = await connection.call(
      scripts.receipt_merge,
      [keys.map(slice, canonicalBytes(canonical))],
      [legField(canonical, leg), statusField(canonical, leg), RANKS[status], sealed],
    );
    return reply === 1 ? "merged" : reply === 0 ? "old" : "unknown";
  }
}

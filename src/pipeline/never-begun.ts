import type { DeliveryId } from "../model/ids.ts";

/**
 * Deliveries that Redis may have marked as sending for us, while we know that they never began: the connection broke before
 * we heard of the mark, or before the try. Without this they would count as maybe sent, and their senders be asked.
 */
export class NeverBegun {
  #now = new Set<DeliveryId>();
  /** From the break before the last one: what was never marked isn't met again, and has to go some time. */
  #before = new Set<DeliveryId>();

  add(id: DeliveryId): void {
    this.#now.add(id);
  }

  has(id: DeliveryId): boolean {
    return this.#now.has(id) || this.#before.has(id);
  }

  /** A try begins: from here on nobody knows. */
  begins(id: DeliveryId): void {
    this.#now.delete(id);
    this.#before.delete(id);
  }

  /** The connection broke again. */
  age(): void {
    this.#before = this.#now;
    this.#now = new Set();
  }
}

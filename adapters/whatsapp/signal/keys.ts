import { AsyncLocalStorage } from "node:async_hooks";
import type { SignalKeys } from "../auth/signal-keys.ts";
import type { SignalDataSet, SignalDataTypeMap, SignalKeyStoreWithTransaction } from "../baileys.ts";
import { Lock } from "./lock.ts";
import { Overlay } from "./overlay.ts";

/** What is written with an operation's changes, by the records' own names. */
type Also = ReadonlyMap<string, string>;

/**
 * The keys as baileys' Signal repository sees them. Each of its operations is alone with them, and is durable before its
 * result is used: a message goes out only after its session's step is stored, and a session moves on only after the message
 * that it opened is stored.
 */
export class OperationKeys implements SignalKeyStoreWithTransaction {
  readonly #keys: SignalKeys;
  readonly #operations: Lock;
  /**
   * Mappings of numbers have a lock of their own, and no operation is waited for under it: an operation may wait for one that
   * somebody else began to look up.
   */
  readonly #mappings = new Lock();
  readonly #current = new AsyncLocalStorage<Overlay>();

  constructor(keys: SignalKeys, operations: Lock) {
    this.#keys = keys;
    this.#operations = operations;
  }

  /**
   * One operation. `settle` gets its result before anything is committed; what it throws undoes all.
   * @throws what the operation, `settle`, or the store throws; then nothing of it is to be used.
   */
  operation<T>(work: () => Promise<T>, settle?: (result: T) => Promise<Also | undefined>): Promise<T> {
    if (this.isInTransaction()) return work();
    return this.#operations.run(() => this.#alone(work, settle));
  }

  transaction<T>(work: () => Promise<T>, key: string): Promise<T> {
    return key === "lid-mapping" ? this.#mappings.run(() => this.#alone(work)) : this.operation(work);
  }

  isInTransaction(): boolean {
    return this.#current.getStore() !== undefined;
  }

  get<T extends keyof SignalDataTypeMap>(
    type: T,
    ids: string[],
  ): Promise<{ [id: string]: SignalDataTypeMap[T] }> {
    return (this.#current.getStore() ?? this.#keys).get(type, ids);
  }

  async set(data: SignalDataSet): Promise<void> {
    await (this.#current.getStore() ?? this.#keys).set(data);
  }

  async #alone<T>(work: () => Promise<T>, settle?: (result: T) => Promise<Also | undefined>): Promise<T> {
    const overlay = new Overlay(this.#keys);
    const result = await this.#current.run(overlay, work);
    const also = await settle?.(result);
    await this.#keys.set(overlay.changes, also);
    return result;
  }
}

import type { SignalKeys } from "../auth/signal-keys.ts";
import type { SignalKeyStoreWithTransaction, SignalRepositoryWithLIDStore } from "../baileys.ts";
import type { Lock } from "./lock.ts";
import { Overlay } from "./overlay.ts";

type Make = (keys: SignalKeyStoreWithTransaction) => SignalRepositoryWithLIDStore;
/** What is written with an operation's changes, by the records' own names. */
type Also = ReadonlyMap<string, string>;

/**
 * What baileys does with an account's sessions, one operation at a time, each durable before its result is used: a message goes
 * out only after its session's step is stored, and a session moves on only after the message that it opened is stored.
 *
 * Each operation has a repository of its own, on keys that are its own. What it belongs to can't be told by the asynchronous
 * context: libsignal queues work by the other's address alone, so that of two accounts to which the same person writes one
 * does the other's work in its own context.
 */
export class Operations {
  readonly #keys: SignalKeys;
  readonly #lock: Lock;
  readonly #make: Make;

  constructor(keys: SignalKeys, lock: Lock, make: Make) {
    this.#keys = keys;
    this.#lock = lock;
    this.#make = make;
  }

  /**
   * `settle` gets an operation's result before anything of it is stored.
   * @throws what the operation, `settle`, or the store throws; then nothing of it is stored, or to be used.
   */
  run<T>(
    work: (repository: SignalRepositoryWithLIDStore) => Promise<T>,
    settle?: (result: T) => Promise<Also | undefined>,
  ): Promise<T> {
    return this.#lock.run(async () => {
      const overlay = new Overlay(this.#keys);
      const repository = this.#make(overlay);
      try {
        const result = await work(repository);
        const also = await settle?.(result);
        await this.#keys.set(overlay.changes, also);
        return result;
      } finally {
        repository.close?.();
      }
    });
  }
}

/**
 * The keys outside of operations, for what only looks, and for what changes them in one `set`. Mappings of numbers wait for no
 * operation, since an operation may begin after a look-up that somebody else began.
 */
export function plainKeys(keys: SignalKeys, operations: Lock, mappings: Lock): SignalKeyStoreWithTransaction {
  return {
    get: (type, ids) => keys.get(type, ids),
    set: (data) => keys.set(data),
    isInTransaction: () => false,
    transaction: (work, key) => (key === "lid-mapping" ? mappings : operations).run(work),
  };
}

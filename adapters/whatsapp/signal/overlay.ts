import type {
  SignalDataSet,
  SignalDataTypeMap,
  SignalKeyStore,
  SignalKeyStoreWithTransaction,
} from "../baileys.ts";

type Type = keyof SignalDataTypeMap;

/** The keys of one operation: what it changes lies on top of a store, and is not yet in it. */
export class Overlay implements SignalKeyStoreWithTransaction {
  readonly #store: SignalKeyStore;
  readonly #changed = new Map<Type, Map<string, unknown>>();

  constructor(store: SignalKeyStore) {
    this.#store = store;
  }

  async get<T extends Type>(type: T, ids: string[]): Promise<{ [id: string]: SignalDataTypeMap[T] }> {
    const changed = this.#changed.get(type);
    const below = ids.filter((id) => changed?.has(id) !== true);
    const found = below.length === 0 ? {} : { ...(await this.#store.get(type, below)) };
    for (const id of ids) {
      const value = changed?.get(id);
      // Put there by `set` under its type.
      if (value !== undefined && value !== null) found[id] = value as SignalDataTypeMap[T];
    }
    return found;
  }

  set(data: SignalDataSet): void {
    for (const [name, values] of Object.entries(data)) {
      const type = name as Type; // the set's own names
      const changed = this.#changed.get(type) ?? new Map<string, unknown>();
      this.#changed.set(type, changed);
      for (const [id, value] of Object.entries(values ?? {})) changed.set(id, value);
    }
  }

  /** The operation is one already. */
  transaction<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  isInTransaction(): boolean {
    return true;
  }

  /** All that was changed, for one `set` of the store. */
  get changes(): SignalDataSet {
    const all = [...this.#changed].map(([type, values]) => [type, Object.fromEntries(values)] as const);
    return Object.fromEntries(all) as SignalDataSet; // of the types under which it came
  }
}

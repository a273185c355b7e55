import type { AccountStorage, Cursor } from "../adapter/storage.ts";
import type { AccountId } from "../model/ids.ts";
import { Sensitive } from "../model/sensitive.ts";
import { only, open, type SealKey, seal } from "../privacy/sealer.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

const CURSOR = "cursor";

/** An account's sessions, sealed under its own key until it is logged out. */
export async function accountStorage(store: Store, account: AccountId): Promise<AccountStorage> {
  return new SealedStorage(store, account, await store.vault.keyring.accountKey(account));
}

class SealedStorage implements AccountStorage {
  readonly #store: Store;
  readonly #account: AccountId;
  readonly #key: SealKey;

  constructor(store: Store, account: AccountId, key: SealKey) {
    this.#store = store;
    this.#account = account;
    this.#key = key;
  }

  async get(name: string): Promise<Sensitive<string> | undefined> {
    const sealed = await this.#store.connection.command("HGET", keys.accountStorage(this.#account), name);
    if (!Buffer.isBuffer(sealed)) return undefined;
    return new Sensitive(open(only(this.#key), "account", `${this.#account}:${name}`, sealed).toString());
  }

  async set(name: string, value: Sensitive<string>): Promise<void> {
    const sealed = seal(
      this.#key,
      this.#store.vault.random,
      "account",
      `${this.#account}:${name}`,
      value.expose(),
    );
    await this.#store.connection.command("HSET", keys.accountStorage(this.#account), name, sealed);
  }

  async delete(name: string): Promise<void> {
    await this.#store.connection.command("HDEL", keys.accountStorage(this.#account), name);
  }
}

/** Where an account goes on reading. With it end the ids that were kept since the one before. */
export class StoredCursor implements Cursor {
  readonly #store: Store;
  readonly #account: AccountId;
  readonly #storage: AccountStorage;
  /** Whether the account reads by a cursor at all: only then ids are kept since the last one. */
  used = false;

  constructor(store: Store, account: AccountId, storage: AccountStorage) {
    this.#store = store;
    this.#account = account;
    this.#storage = storage;
  }

  load(): Promise<Sensitive<string> | undefined> {
    this.used = true;
    return this.#storage.get(CURSOR);
  }

  async save(cursor: Sensitive<string>): Promise<void> {
    this.used = true;
    await this.#storage.set(CURSOR, cursor);
    await this.#store.connection.command("DEL", keys.sinceCursor(this.#account));
  }
}

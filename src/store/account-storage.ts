import { StorageUnreadable } from "../adapter/errors.ts";
import type { AccountStorage, Cursor, StorageMark, StorageName } from "../adapter/storage.ts";
import type { AccountId } from "../model/ids.ts";
import { Sensitive } from "../model/sensitive.ts";
import { Tampered, UnknownKey } from "../privacy/errors.ts";
import { nameUnder, only, open, type SealKey, seal } from "../privacy/sealer.ts";
import { keys } from "./keys.ts";
import type { Reply } from "./redis/resp.ts";
import type { Store } from "./store.ts";

const CURSOR = "cursor";

/** An account's sessions, sealed under its own key until it is logged out; `mark` lies outside of the store. */
export async function accountStorage(
  store: Store,
  account: AccountId,
  mark: StorageMark,
): Promise<AccountStorage> {
  return new SealedStorage(store, account, await store.vault.keyring.accountKey(account), mark);
}

class SealedStorage implements AccountStorage {
  readonly mark: StorageMark;
  readonly #store: Store;
  readonly #account: AccountId;
  readonly #key: SealKey;

  constructor(store: Store, account: AccountId, key: SealKey, mark: StorageMark) {
    this.#store = store;
    this.#account = account;
    this.#key = key;
    this.mark = mark;
  }

  async get(name: StorageName): Promise<Sensitive<string> | undefined> {
    const field = this.#field(name);
    return this.#open(field, await this.#command("HGET", field));
  }

  async getAll(names: readonly StorageName[]): Promise<ReadonlyMap<StorageName, Sensitive<string>>> {
    if (names.length === 0) return new Map();
    const fields = names.map((name) => this.#field(name));
    const reply = await this.#command("HMGET", ...fields);
    const found = new Map<StorageName, Sensitive<string>>();
    for (const [index, name] of names.entries()) {
      const value = this.#open(fields[index] ?? "", Array.isArray(reply) ? reply[index] : null);
      if (value !== undefined) found.set(name, value);
    }
    return found;
  }

  async set(name: StorageName, value: Sensitive<string>): Promise<void> {
    await this.setAll(new Map([[name, value]])); // by the script, as all writes: on a cluster a plain command can overtake one
  }

  async setAll(changes: ReadonlyMap<StorageName, Sensitive<string> | undefined>): Promise<void> {
    const gone: string[] = [];
    const kept: (string | Buffer)[] = [];
    for (const [name, value] of changes) {
      const field = this.#field(name);
      if (value === undefined) gone.push(field);
      else kept.push(field, this.#seal(field, value));
    }
    const { connection, scripts } = this.#store;
    const args = [gone.length, ...gone, ...kept];
    await connection.call(scripts.storage_put, [keys.accountStorage(this.#account)], args);
  }

  async delete(name: StorageName): Promise<void> {
    await this.setAll(new Map([[name, undefined]]));
  }

  async clear(keep: readonly StorageName[] = []): Promise<void> {
    if (keep.length === 0) return void (await this.#command("DEL"));
    const kept = new Set(keep.map((name) => this.#field(name)));
    const fields = await this.#command("HKEYS");
    const gone = (Array.isArray(fields) ? fields : []).map(String).filter((field) => !kept.has(field));
    if (gone.length > 0) await this.#command("HDEL", ...gone);
  }

  sealForWeek(name: string, value: Sensitive<string>): string {
    const { vault } = this.#store;
    return vault.sealFor("7d", "account-week", this.#place(name), value.expose()).toString("base64");
  }

  openOfWeek(name: string, sealed: string): Sensitive<string> | undefined {
    try {
      const octets = Buffer.from(sealed, "base64");
      return new Sensitive(this.#store.vault.open("account-week", this.#place(name), octets).toString());
    } catch (error) {
      if (error instanceof UnknownKey || error instanceof Tampered) return undefined;
      throw error;
    }
  }

  #place(name: string): string {
    return `${this.#account}:${name}`;
  }

  #command(name: string, ...args: (string | Buffer)[]): Promise<Reply> {
    return this.#store.connection.command(name, keys.accountStorage(this.#account), ...args);
  }

  /** A name as it stands in Redis. No plain one begins with `#`. */
  #field(name: StorageName): string {
    return typeof name === "string" ? name : `#${nameUnder(this.#key, name.expose())}`;
  }

  #seal(field: string, value: Sensitive<string>): Buffer {
    const { random } = this.#store.vault;
    return seal(this.#key, random, "account", this.#place(field), value.expose());
  }

  #open(field: string, sealed: Reply | undefined): Sensitive<string> | undefined {
    if (!Buffer.isBuffer(sealed)) return undefined;
    try {
      return new Sensitive(open(only(this.#key), "account", this.#place(field), sealed).toString());
    } catch (cause) {
      throw new StorageUnreadable({ cause });
    }
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

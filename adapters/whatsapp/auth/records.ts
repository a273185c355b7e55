import { type AccountStorage, type StorageName, StorageUnreadable } from "../../../src/adapter/index.ts";
import { type Sensitive, sensitive } from "../../../src/model/index.ts";
import { AuthRolledBack, AuthUnreadable } from "./errors.ts";

/** What changes, by name; `undefined` goes. */
type Changes = ReadonlyMap<string, string | undefined>;

/** How many characters of texts are kept at hand: the sessions of some thousands of people. */
const AT_HAND = 12_000_000;
/** What an entry takes beside its text, about. */
const ENTRY = 100;
/** Counts the writes; not one of the names that are given. */
const WRITES = "writes";

interface Batch {
  readonly changes: Map<string, string | undefined>;
  readonly done: Promise<void>;
}

/**
 * The account's keys as texts under names (with addresses in them: the store sees HMACs), in a storage that only this process
 * writes. Reads don't wait for the storage where it was asked before. Writes are durable when they resolve, happen in
 * their order, and what is asked for while one is under way goes together as the next. They are counted, here and in
 * the storage's mark, so that an older state is recognised.
 */
export class Records {
  readonly #storage: AccountStorage;
  /** The least recently used first. */
  readonly #atHand = new Map<string, string | undefined>();
  readonly #failed = new Set<(error: unknown) => void>();
  #size = 0;
  #writes: number;
  #underWay: Promise<void> = Promise.resolve();
  #next: Batch | undefined;

  private constructor(storage: AccountStorage, writes: number) {
    this.#storage = storage;
    this.#writes = writes;
  }

  /** @throws AuthRolledBack, AuthUnreadable, or what the storage throws while it is away. */
  static async open(storage: AccountStorage): Promise<Records> {
    const marked = await storage.mark.read();
    const writes = Number((await readable(storage.get(WRITES)))?.expose() ?? 0);
    if (!Number.isSafeInteger(writes)) throw new AuthUnreadable();
    if (writes < marked) throw new AuthRolledBack();
    return new Records(storage, writes);
  }

  /** Forgets everything that the storage has, but what is to be kept and can be read, and goes on counting. */
  static async forget(storage: AccountStorage, keep: readonly StorageName[] = []): Promise<Records> {
    const marked = await storage.mark.read();
    const isReadable = await readable(storage.getAll(keep)).then(
      () => true,
      (error: unknown) => {
        if (error instanceof AuthUnreadable) return false;
        throw error;
      },
    );
    await storage.clear(isReadable ? keep : []);
    const records = new Records(storage, marked);
    await records.write(new Map());
    return records;
  }

  /** From now on a listener hears of each failure, before whoever asked does. Gives how to end that. */
  onFailure(listener: (error: unknown) => void): () => void {
    this.#failed.add(listener);
    return () => this.#failed.delete(listener);
  }

  /** @throws AuthUnreadable, or what the storage throws. */
  async read(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const missing = names.filter((name) => !this.#atHand.has(name));
    if (missing.length > 0) await this.#watched(this.#fetch(missing));
    const found = new Map<string, string>();
    for (const name of names) {
      const text = this.#atHand.get(name);
      if (text !== undefined) found.set(name, text);
    }
    for (const name of names) this.#touch(name);
    this.#trim();
    return found;
  }

  /** One durable write. @throws what the storage throws; then it may have been done, and must not be relied on. */
  write(changes: Changes): Promise<void> {
    const next = this.#next ?? this.#begin();
    for (const [name, text] of changes) next.changes.set(name, text);
    return next.done;
  }

  #begin(): Batch {
    const changes = new Map<string, string | undefined>();
    const done = this.#underWay.then(() => {
      this.#next = undefined;
      return this.#watched(this.#commit(changes));
    });
    this.#underWay = done.catch(() => undefined);
    this.#next = { changes, done };
    return this.#next;
  }

  async #commit(changes: Changes): Promise<void> {
    const writes = this.#writes + 1;
    const all = new Map<string | Sensitive<string>, Sensitive<string> | undefined>();
    for (const [name, text] of changes)
      all.set(sensitive(name), text === undefined ? undefined : sensitive(text));
    all.set(WRITES, sensitive(String(writes)));
    await this.#storage.setAll(all);
    this.#writes = writes;
    this.#storage.mark.raise(writes);
    for (const [name, text] of changes) this.#keep(name, text);
    this.#trim();
  }

  async #fetch(names: readonly string[]): Promise<void> {
    const hidden = names.map((name) => sensitive(name));
    const found = await readable(this.#storage.getAll(hidden));
    for (const [index, name] of names.entries()) {
      // Written meanwhile: that is newer.
      if (this.#atHand.has(name)) continue;
      const key = hidden[index];
      this.#keep(name, key === undefined ? undefined : found.get(key)?.expose());
    }
  }

  async #watched<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      for (const listener of this.#failed) listener(error);
      throw error;
    }
  }

  #keep(name: string, text: string | undefined): void {
    this.#drop(name);
    this.#atHand.set(name, text);
    this.#size += sizeOf(name, text);
  }

  #touch(name: string): void {
    if (!this.#atHand.has(name)) return;
    const text = this.#atHand.get(name);
    this.#atHand.delete(name);
    this.#atHand.set(name, text);
  }

  #drop(name: string): void {
    if (!this.#atHand.has(name)) return;
    this.#size -= sizeOf(name, this.#atHand.get(name));
    this.#atHand.delete(name);
  }

  #trim(): void {
    for (const name of this.#atHand.keys()) {
      if (this.#size <= AT_HAND) return;
      this.#drop(name);
    }
  }
}

async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw error instanceof StorageUnreadable ? new AuthUnreadable({ cause: error }) : error;
  }
}

function sizeOf(name: string, text: string | undefined): number {
  return ENTRY + name.length + (text?.length ?? 0);
}

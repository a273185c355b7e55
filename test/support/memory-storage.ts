import type { AccountStorage, StorageMark, StorageName } from "../../src/adapter/index.ts";
import { type Sensitive, sensitive } from "../../src/model/index.ts";

/** A mark that forgets with the process. */
export class MemoryMark implements StorageMark {
  value = 0;

  async read(): Promise<number> {
    return this.value;
  }

  raise(to: number): void {
    this.value = Math.max(this.value, to);
  }
}

/** An account's storage that forgets with the process; `records` shows it, by names as the store would have them. */
export class MemoryStorage implements AccountStorage {
  readonly records: Map<string, Sensitive<string>>;
  readonly mark: MemoryMark;
  /** Runs before each write: to wait, or to throw. */
  readonly #before: () => Promise<void>;

  constructor(
    records = new Map<string, Sensitive<string>>(),
    mark = new MemoryMark(),
    before: () => Promise<void> = async () => undefined,
  ) {
    this.records = records;
    this.mark = mark;
    this.#before = before;
  }

  async get(name: StorageName): Promise<Sensitive<string> | undefined> {
    return this.records.get(fieldOf(name));
  }

  async getAll(names: readonly StorageName[]): Promise<ReadonlyMap<StorageName, Sensitive<string>>> {
    const found = new Map<StorageName, Sensitive<string>>();
    for (const name of names) {
      const value = this.records.get(fieldOf(name));
      if (value !== undefined) found.set(name, value);
    }
    return found;
  }

  set(name: StorageName, value: Sensitive<string>): Promise<void> {
    return this.setAll(new Map([[name, value]]));
  }

  async setAll(changes: ReadonlyMap<StorageName, Sensitive<string> | undefined>): Promise<void> {
    await this.#before();
    for (const [name, value] of changes) {
      if (value === undefined) this.records.delete(fieldOf(name));
      else this.records.set(fieldOf(name), value);
    }
  }

  delete(name: StorageName): Promise<void> {
    return this.setAll(new Map([[name, undefined]]));
  }

  /** Not sealed: what it says can be looked at. */
  sealForWeek(name: string, value: Sensitive<string>): string {
    return JSON.stringify([name, value.expose()]);
  }

  openOfWeek(name: string, sealed: string): Sensitive<string> | undefined {
    const [known, text]: unknown[] = JSON.parse(sealed);
    return known === name && typeof text === "string" ? sensitive(text) : undefined;
  }

  async clear(keep: readonly StorageName[] = []): Promise<void> {
    await this.#before();
    const kept = new Set(keep.map(fieldOf));
    for (const field of this.records.keys()) if (!kept.has(field)) this.records.delete(field);
  }
}

function fieldOf(name: StorageName): string {
  return typeof name === "string" ? name : `#${name.expose()}`;
}

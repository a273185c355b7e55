import { hash } from "node:crypto";
import { type Clock, SECOND, sensitive } from "../../../src/model/index.ts";
import type { CacheStore } from "../baileys.ts";
import type { HiddenStore } from "../names.ts";

const NAME = sensitive("retry counts");
/** So many messages are counted; the oldest are forgotten. */
const COUNTED = 2_000;

/**
 * How often a message was asked for again, and by whom, in each direction: what Baileys looks at before it asks or answers once
 * more. Its counts would begin anew with each process, and two clients that can't read each other would go on for ever.
 */
export class RetryCounts implements CacheStore {
  readonly #store: HiddenStore;
  readonly #clock: Clock;
  #counts = new Map<string, unknown>();
  #isDirty = false;

  constructor(store: HiddenStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async load(): Promise<void> {
    const stored = await this.#store.get(NAME);
    // Of our own making, sealed.
    if (stored !== undefined) this.#counts = new Map(JSON.parse(stored.expose()) as [string, unknown][]);
  }

  /** Writes changes down, about once in two seconds, until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(2 * SECOND, signal).catch(() => undefined);
      await this.flush();
    }
  }

  async flush(): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    await this.#store.set(NAME, sensitive(JSON.stringify([...this.#counts]))).catch(() => {
      this.#isDirty = true;
    });
  }

  get<T>(key: string): T | undefined {
    return this.#counts.get(nameOf(key)) as T | undefined; // what Baileys put there
  }

  set<T>(key: string, value: T): void {
    const name = nameOf(key);
    this.#counts.delete(name);
    this.#counts.set(name, value);
    const oldest = this.#counts.keys().next();
    if (this.#counts.size > COUNTED && !oldest.done) this.#counts.delete(oldest.value);
    this.#isDirty = true;
  }

  del(key: string): void {
    this.#isDirty = this.#counts.delete(nameOf(key)) || this.#isDirty;
  }

  flushAll(): void {
    this.#counts.clear();
    this.#isDirty = true;
  }
}

/** Baileys' keys hold JIDs. */
function nameOf(key: string): string {
  return hash("sha256", key).slice(0, 24);
}

import { EventEmitter } from "node:events";

/** What came, in its order, to be waited for. */
export class Journal<T> {
  readonly entries: T[] = [];
  readonly #news = new EventEmitter().setMaxListeners(0);

  add(entry: T): void {
    this.entries.push(entry);
    this.#news.emit("entry");
  }

  /**
   * The first entry that fits, of those since number `since` and those to come.
   * @throws Error with these words when none came in time.
   */
  async waitFor<S extends T>(
    fits: (entry: T) => entry is S,
    ms: number,
    words: string,
    since = 0,
  ): Promise<S> {
    const deadline = Date.now() + ms;
    for (let at = since; ; at += 1) {
      while (at >= this.entries.length) await this.#more(deadline, words);
      const entry = this.entries[at];
      if (entry !== undefined && fits(entry)) return entry;
    }
  }

  async #more(deadline: number, words: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(words)), deadline - Date.now());
    this.#news.once("entry", resolve);
    await promise.finally(() => {
      clearTimeout(timer);
      this.#news.off("entry", resolve);
    });
  }
}

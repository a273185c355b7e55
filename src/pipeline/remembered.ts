/** Something that is being read. */
interface Reading<V> {
  readonly result: Promise<V | undefined>;
  /** It was changed here since. */
  isOld: boolean;
}

/** What was read is kept in memory. What is changed here while it is being read is read again, whenever the answer comes. */
export class Remembered<K, V> {
  readonly #read: (key: K) => Promise<V | undefined>;
  readonly #capacity: number;
  readonly #known = new Map<K, V>();
  readonly #reading = new Map<K, Reading<V>>();

  /** `capacity`: how many are kept, those that came last. What isn't there is asked for again each time. */
  constructor(read: (key: K) => Promise<V | undefined>, capacity = Number.POSITIVE_INFINITY) {
    this.#read = read;
    this.#capacity = capacity;
  }

  /** What is in memory, without waiting. */
  peek(key: K): V | undefined {
    return this.#known.get(key);
  }

  /** @throws what reading it throws */
  async get(key: K): Promise<V | undefined> {
    for (;;) {
      const known = this.#known.get(key);
      if (known !== undefined) return known;
      const reading = this.#reading.get(key) ?? this.#begin(key);
      const found = await reading.result;
      if (!reading.isOld) return found;
    }
  }

  /** It is this from now on. */
  put(key: K, value: V): void {
    this.#outdate(key);
    this.#keep(key, value);
  }

  /** What is known of it is old. */
  drop(key: K): void {
    this.#outdate(key);
    this.#known.delete(key);
  }

  clear(): void {
    for (const key of [...this.#reading.keys()]) this.#outdate(key);
    this.#known.clear();
  }

  #begin(key: K): Reading<V> {
    const reading: Reading<V> = { isOld: false, result: this.#read(key) };
    this.#reading.set(key, reading);
    const ended = (found: V | undefined): void => {
      if (reading.isOld) return;
      this.#reading.delete(key);
      if (found !== undefined) this.#keep(key, found);
    };
    reading.result.then(ended, () => ended(undefined));
    return reading;
  }

  /** What is being read may have been read before a change of ours. */
  #outdate(key: K): void {
    const reading = this.#reading.get(key);
    if (reading === undefined) return;
    reading.isOld = true;
    this.#reading.delete(key);
  }

  #keep(key: K, value: V): void {
    this.#known.set(key, value);
    if (this.#known.size <= this.#capacity) return;
    const oldest = this.#known.keys().next();
    if (!oldest.done) this.#known.delete(oldest.value);
  }
}

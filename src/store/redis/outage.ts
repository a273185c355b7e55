/**
 * What the log was told of an outage: each cause once. Causes come and go between two attempts (nodes of a cluster have their own
 * each, and a refused password is followed by a missing one), so it isn't the last one alone that is remembered.
 */
export class Outage {
  readonly #told = new Set<string | undefined>();

  /** Whether a cause is news. One that says little (no code, or that an attempt took too long) is so only while there is no other. */
  isNews(code: string | undefined): boolean {
    const saysLittle = code === undefined || code === "ETIMEDOUT";
    if (this.#told.has(code) || (saysLittle && this.#told.size > 0)) return false;
    this.#told.add(code);
    return true;
  }

  /** It is over: all causes are news again. */
  over(): void {
    this.#told.clear();
  }
}

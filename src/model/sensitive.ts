import { inspect } from "node:util";

const HIDDEN = "[sensitive]";
/** The same in each copy of this module, so that `instanceof` knows a value of another copy's too: an adapter may bring one. */
const MARK = Symbol.for("footbridge.Sensitive");

/**
 * Wraps what must never be printed: an address, a native id, a token, a text.
 * JSON, templates, `%o`, `inspect` (with `showHidden` too) and `structuredClone` show nothing of the value;
 * `expose()` is the one way to it, easy to search for.
 */
export class Sensitive<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && MARK in value;
  }

  get [MARK](): true {
    return true;
  }

  /** The value itself: for the destination field of a call to its own network, for sealing, for comparing. */
  expose(): T {
    return this.#value;
  }

  /** A new wrapper around what `change` makes of the value. */
  map<U>(change: (value: T) => U): Sensitive<U> {
    return new Sensitive(change(this.#value));
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** Wraps a value: `sensitive(x)` reads better than `new Sensitive(x)` in a literal. */
export function sensitive<T>(value: T): Sensitive<T> {
  return new Sensitive(value);
}

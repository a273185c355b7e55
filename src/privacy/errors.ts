import type { RecordType } from "./record-types.ts";

/** The record's key is gone: its time is over, or its owner was forgotten. Nothing can open it again. */
export class UnknownKey extends Error {
  override readonly name = "UnknownKey";

  constructor(type: RecordType) {
    super(`a sealed ${type} names a key that is gone; treat the record as expired`);
  }
}

/** The record isn't what was sealed under this type and name: altered, moved or cut. */
export class Tampered extends Error {
  override readonly name = "Tampered";

  constructor(type: RecordType, options?: ErrorOptions) {
    super(
      `a sealed ${type} isn't what was stored under its name; drop it and look at who can write to Redis`,
      options,
    );
  }
}

/** A key was asked for that `prepare()` hasn't made. */
export class KeyNotReady extends Error {
  override readonly name = "KeyNotReady";

  constructor(what: string) {
    super(`the key for ${what} isn't there; call prepare() at the start and every few minutes`);
  }
}

/** The key-encryption key is missing, of the wrong form, or readable by others. The message is for the operator. */
export class KekUnusable extends Error {
  override readonly name = "KekUnusable";
}

/** The key folder can't be used as it is. The message is for the operator. */
export class KeyStoreUnusable extends Error {
  override readonly name = "KeyStoreUnusable";
}

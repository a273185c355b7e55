import { HEADER, MAX_PDU } from "./constants.ts";

/** A `command_length` outside of 16..max. Nothing after it can be trusted: the session ends. */
export class FramingError extends Error {
  override readonly name = "FramingError";
  readonly length: number;

  constructor(length: number) {
    super(`a PDU says it is ${length} octets long, expected ${HEADER} to ${MAX_PDU}: the session must end`);
    this.length = length;
  }
}

/**
 * Cuts a stream of octets into PDUs, however it comes in pieces. What it gives may share memory with the pieces; what it
 * keeps is one unfinished PDU at most, in a buffer of its announced length.
 */
export class Framer {
  /** The unfinished PDU: its first `#filled` octets are there. Only the length itself while that isn't known. */
  #partial: Buffer | undefined;
  #filled = 0;
  #broken = false;

  /** How many octets of an unfinished PDU are held. */
  get held(): number {
    return this.#partial === undefined ? 0 : this.#filled;
  }

  /**
   * The PDUs that are complete with this piece, up to the first violation.
   * @throws FramingError when asked for one after the last good PDU; for ever after that.
   */
  *push(piece: Buffer): Generator<Buffer, void, undefined> {
    let rest = piece;
    while (rest.length > 0) {
      if (this.#partial === undefined && rest.length >= 4) {
        const length = this.#checked(rest.readUInt32BE(0));
        if (rest.length >= length) {
          yield rest.subarray(0, length);
          rest = rest.subarray(length);
          continue;
        }
      }
      rest = this.#fill(rest);
      const whole = this.#whole();
      if (whole !== undefined) yield whole;
    }
  }

  /** Copies what belongs to the unfinished PDU; gives what is left. */
  #fill(rest: Buffer): Buffer {
    if (this.#partial === undefined) {
      this.#partial = Buffer.allocUnsafeSlow(4);
      this.#filled = 0;
    }
    let from = 0;
    while (from < rest.length && this.#filled < this.#partial.length) {
      const copied = rest.copy(this.#partial, this.#filled, from);
      this.#filled += copied;
      from += copied;
      if (this.#filled === 4 && this.#partial.length === 4) {
        const grown = Buffer.allocUnsafeSlow(this.#checked(this.#partial.readUInt32BE(0)));
        this.#partial.copy(grown);
        this.#partial = grown;
      }
    }
    return rest.subarray(from);
  }

  #whole(): Buffer | undefined {
    const done = this.#partial;
    if (done === undefined || done.length === 4 || this.#filled < done.length) return undefined;
    this.#partial = undefined;
    return done;
  }

  #checked(length: number): number {
    if (this.#broken || length < HEADER || length > MAX_PDU) {
      this.#broken = true;
      throw new FramingError(length);
    }
    return length;
  }
}

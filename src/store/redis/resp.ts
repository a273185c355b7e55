/** What Redis answers. A Buffer is a view into what came from the socket: copy what is kept for long. */
export type Reply = Buffer | number | null | Reply[];

/** What can be an argument of a Redis command. A number is written in decimal. */
export type RedisArgument = string | Buffer | number;

/**
 * Many batches long, and still used up within a few milliseconds of full load: what lives longer is moved among V8's old objects, which
 * are collected late (slabs of 256 KiB held 27 MB).
 */
const SLAB = 32 * 1024;
const CR = 13;
const LF = 10;
const DOLLAR = 36;
const STAR = 42;
const ZERO = 48;
const ASCII_END = 0x80;
/** Up to this length a loop in JavaScript is faster than a call into C++. */
const SHORT = 12;
/** Longer texts aren't tried as ASCII. */
const LONG = 4_096;
/** UTF-8 takes up to three octets for a UTF-16 unit. */
const OCTETS_A_UNIT = 3;
/** Room for `$` or `*`, a length, and CRLF twice. */
const FRAME = 32;

/**
 * Writes commands in RESP (https://redis.io/docs/latest/develop/reference/protocol-spec/) one after another into slabs,
 * which are handed to the socket in slices, without a copy, and never written twice.
 */
export class RespWriter {
  #slab = Buffer.allocUnsafeSlow(SLAB);
  /** Where the batch begins, and where it ends so far. */
  #start = 0;
  #end = 0;

  /** Octets in the batch. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Begins a command of `count` parts, its name included. */
  begin(count: number): void {
    this.#room(FRAME);
    this.#header(STAR, count);
  }

  /** Octets that are RESP already. */
  raw(octets: Buffer): void {
    this.#room(octets.length);
    this.#slab.set(octets, this.#end);
    this.#end += octets.length;
  }

  part(value: RedisArgument): void {
    if (typeof value === "string") this.#text(value);
    else if (typeof value === "number") this.#text(String(value));
    else if (value instanceof Uint8Array) this.#octets(value);
    else
      throw new TypeError(
        `an argument of a Redis command is a string, Buffer or number; found ${typeof value}`,
      );
  }

  /** Takes back what was written since the batch had `length` octets: half a command would spoil all after it. */
  rollback(length: number): void {
    this.#end = this.#start + length;
  }

  /** Ends the batch and gives it. It must be sent: nobody else has it. */
  take(): Buffer {
    const batch = this.#slab.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return batch;
  }

  #text(text: string): void {
    if (text.length > LONG || !this.#ascii(text)) this.#octets(Buffer.from(text));
  }

  /** Writes a text that is ASCII, so that its length is known before; false, and nothing written, when it isn't. */
  #ascii(text: string): boolean {
    const { length } = text;
    this.#room(OCTETS_A_UNIT * length + FRAME);
    const before = this.#end;
    this.#header(DOLLAR, length);
    const written = length > SHORT ? this.#slab.write(text, this.#end) : this.#loop(text);
    if (written !== length) {
      this.#end = before;
      return false;
    }
    this.#end += length;
    this.#slab[this.#end++] = CR;
    this.#slab[this.#end++] = LF;
    return true;
  }

  /** For a few characters quicker than a call into C++. -1 when one isn't ASCII. */
  #loop(text: string): number {
    const slab = this.#slab;
    const at = this.#end;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code >= ASCII_END) return -1;
      slab[at + index] = code;
    }
    return text.length;
  }

  #octets(value: Buffer): void {
    this.#room(value.length + FRAME);
    this.#header(DOLLAR, value.length);
    this.#slab.set(value, this.#end);
    this.#end += value.length;
    this.#slab[this.#end++] = CR;
    this.#slab[this.#end++] = LF;
  }

  /** A sign, a number, CRLF. */
  #header(sign: number, value: number): void {
    const slab = this.#slab;
    let at = this.#end;
    slab[at++] = sign;
    let scale = 1;
    while (scale * 10 <= value) scale *= 10;
    for (let rest = value; scale >= 1; scale = Math.floor(scale / 10)) {
      const digit = Math.floor(rest / scale);
      slab[at++] = ZERO + digit;
      rest -= digit * scale;
    }
    slab[at++] = CR;
    slab[at++] = LF;
    this.#end = at;
  }

  /** Makes room; the batch moves to a new slab when the old one is full. */
  #room(octets: number): void {
    if (this.#end + octets <= this.#slab.length) return;
    const batch = this.#slab.subarray(this.#start, this.#end);
    const slab = Buffer.allocUnsafeSlow(Math.max(SLAB, 2 * batch.length + octets));
    slab.set(batch);
    this.#slab = slab;
    this.#start = 0;
    this.#end = batch.length;
  }
}

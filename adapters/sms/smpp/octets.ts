import { HEADER } from "./constants.ts";
import type { SmeAddress, Tlv } from "./pdu.ts";

/** Thrown by the reader below and caught in decode.ts, never beyond it. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  readonly what: "truncated" | "tlv";

  constructor(what: "truncated" | "tlv") {
    super(`the body of a PDU is damaged (${what}): answer with an error status`);
    this.what = what;
  }
}

/** Reads the fields of a body one after the other, 3.1. Strings are Latin-1: they only ever hold ASCII or are opaque. */
export class OctetReader {
  readonly #octets: Buffer;
  #at: number;

  constructor(octets: Buffer, at: number) {
    this.#octets = octets;
    this.#at = at;
  }

  get left(): number {
    return this.#octets.length - this.#at;
  }

  /** @throws BodyError when nothing is left. */
  byte(): number {
    const value = this.#octets[this.#at];
    if (value === undefined) throw new BodyError("truncated");
    this.#at += 1;
    return value;
  }

  /** A C-octet string, up to its NUL. @throws BodyError when there is none. */
  cString(): string {
    const end = this.#octets.indexOf(0, this.#at);
    if (end < 0) throw new BodyError("truncated");
    const text = this.#octets.toString("latin1", this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** The next octets, shared with the frame. @throws BodyError when there are fewer. */
  take(length: number): Buffer {
    if (length > this.left) throw new BodyError("truncated");
    const part = this.#octets.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  address(): SmeAddress {
    return { ton: this.byte(), npi: this.byte(), digits: this.cString() };
  }

  /** All that is left, as optional parameters. @throws BodyError when one is cut short. */
  tlvs(): readonly Tlv[] {
    if (this.left === 0) return NO_TLVS;
    const found: Tlv[] = [];
    while (this.left > 0) {
      if (this.left < 4) throw new BodyError("tlv");
      const tag = this.#octets.readUInt16BE(this.#at);
      const length = this.#octets.readUInt16BE(this.#at + 2);
      this.#at += 4;
      if (length > this.left) throw new BodyError("tlv");
      found.push({ tag, value: this.take(length) });
    }
    return found;
  }
}

const NO_TLVS: readonly Tlv[] = [];

/** Collects the fields of a PDU behind a header that `frame` fills in. */
export class OctetWriter {
  #octets = Buffer.allocUnsafe(384);
  #length = HEADER;

  bytes(...values: number[]): this {
    this.#room(values.length);
    for (const value of values) this.#length = this.#octets.writeUInt8(value, this.#length);
    return this;
  }

  /** A C-octet string. What isn't Latin-1 or holds a NUL never gets here: the config's schema sees to it. */
  cString(text: string): this {
    this.#room(text.length + 1);
    this.#length += this.#octets.write(text, this.#length, "latin1");
    this.#length = this.#octets.writeUInt8(0, this.#length);
    return this;
  }

  raw(octets: Buffer): this {
    this.#room(octets.length);
    this.#length += octets.copy(this.#octets, this.#length);
    return this;
  }

  address(address: SmeAddress): this {
    return this.bytes(address.ton, address.npi).cString(address.digits);
  }

  tlvs(tlvs: readonly Tlv[]): this {
    for (const { tag, value } of tlvs) {
      this.#room(4 + value.length);
      this.#octets.writeUInt16BE(tag, this.#length);
      this.#octets.writeUInt16BE(value.length, this.#length + 2);
      this.#length += 4;
      this.raw(value);
    }
    return this;
  }

  /** The whole PDU. */
  frame(command: number, status: number, sequence: number): Buffer {
    this.#octets.writeUInt32BE(this.#length, 0);
    this.#octets.writeUInt32BE(command, 4);
    this.#octets.writeUInt32BE(status, 8);
    this.#octets.writeUInt32BE(sequence, 12);
    return this.#octets.subarray(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#octets.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#length + more));
    this.#octets.copy(grown, 0, 0, this.#length);
    this.#octets = grown;
  }
}
